"""The filter label of GET /containers/json, as the reference of API v1.18 has it."""

import secrets

import pytest

from conformance import array, assert_type, at, since


@pytest.fixture
def colours(env):
    """A label of two shared containers, and their ids by its value."""

    def make():
        label = f"{env.prefix}colour-{secrets.token_hex(4)}"  # other workers of this run have containers too
        names = {colour: env.create_container(Labels={label: colour}) for colour in ("red", "green")}
        return label, {
            colour: at(env.get(f"/containers/{name}/json"), "Id") for colour, name in names.items()
        }

    return env.share("containers of two colours", make)


def listed(api, *labels):
    answer = api.get("/containers/json", {"all": "1", "filters": {"label": list(labels)}})
    return {assert_type(row, "Id", str) for row in array(answer.json())}


@since("1.18/containers-filter-label")
def test_a_key_leaves_the_containers_that_have_it(api, colours):
    label, ids = colours

    found = listed(api, label)

    assert found == set(ids.values())


@since("1.18/containers-filter-label")
@pytest.mark.parametrize("colour", ["red", "green", "blue"])
def test_a_key_and_value_leave_the_containers_that_have_both(api, colours, colour):
    label, ids = colours

    found = listed(api, f"{label}={colour}")

    assert found == {container for value, container in ids.items() if value == colour}


@since("1.18/containers-filter-label")
def test_an_unknown_key_leaves_none(api, colours):
    label, _ = colours

    found = listed(api, f"{label}-unknown")

    assert found == set()
