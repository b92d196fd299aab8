"""GET /images/search, as API v1.24 changed it: the number of results, and filters."""

import pytest

from conformance import array, at, since

#: What the registry finds: so many images, of which one is official and another automated; each has as many stars as its number.
FOUND, OFFICIAL, AUTOMATED = 30, 10, 20


def numbers(answer):
    """The numbers of the results, or what stands in place of one's name."""
    known = {f"some-{number}": number for number in range(1, FOUND + 1)}
    names = [at(row, "name") for row in array(answer.json())]
    return [known.get(name, name) if isinstance(name, str) else name for name in names]


@pytest.fixture
def term(emulated_registry):
    """A term to search for at the registry."""
    return f"{emulated_registry.address}/some"


@since("1.24/search-limit")
@pytest.mark.parametrize("limit", [1, 3, 28])
def test_no_more_results_come(api, term, limit):
    answer = api.get("/images/search", {"term": term, "limit": limit})

    assert numbers(answer) == list(range(1, limit + 1))


@since("1.24/search-filters")
def test_filter_stars_leaves_those_with_as_many_at_least(api, term):
    answer = api.get("/images/search", {"term": term, "limit": FOUND, "filters": {"stars": ["28"]}})

    assert numbers(answer) == [28, 29, 30]


@since("1.24/search-filters")
@pytest.mark.parametrize(("value", "official"), [("true", True), ("false", False)])
def test_filter_is_official_leaves_those_that_are_or_are_not(api, term, value, official):
    answer = api.get("/images/search", {"term": term, "limit": FOUND, "filters": {"is-official": [value]}})

    found = numbers(answer)
    assert found == (
        [OFFICIAL] if official else [number for number in range(1, FOUND + 1) if number != OFFICIAL]
    )


@since("1.24/search-filter-is-automated")
def test_filter_is_automated_leaves_no_others(api, term):
    answer = api.get("/images/search", {"term": term, "limit": FOUND, "filters": {"is-automated": ["true"]}})

    # API v1.44 deprecates the mark in every version of an engine that has it: none may be left, too.
    assert numbers(answer) in ([AUTOMATED], [])
