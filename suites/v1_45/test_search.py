"""GET /images/search, as API v1.45 changed it: no result counts as automated."""

import pytest

from conformance import array, since


@pytest.fixture
def term(emulated_registry):
    """A term to search for at the registry."""
    return f"{emulated_registry.address}/some"


@since("1.45/search-is-automated-false")
def test_no_result_is_automated(api, term):
    answer = api.get("/images/search", {"term": term, "filters": {"is-automated": ["true"]}})

    assert array(answer.json()) == []


@since("1.45/search-is-automated-false")
def test_every_result_is_not_automated(api, term):
    answer = api.get("/images/search", {"term": term, "filters": {"is-automated": ["false"]}})

    assert answer.json() == api.get("/images/search", {"term": term}).json() != []
