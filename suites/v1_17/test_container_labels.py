"""Labels of containers at create, in the list and in inspect, as API v1.17 added them."""

import pytest

from conformance import assert_status, at, since

LABELS = {"dockerconf.vendor": "Acme", "dockerconf.empty": "", "dockerconf.text": 'a=b, "c" & ü'}


@pytest.fixture
def labelled(env):
    """The id of a container with LABELS; it is only read."""

    def make():
        return at(env.get(f"/containers/{env.create_container(Labels=LABELS)}/json"), "Id")

    return env.share("container with labels", make)


@pytest.fixture
def bare(env):
    """The id of a container that was created without labels; it is only read."""

    def make():
        name = env.reserve_name("container")
        body = {name: value for name, value in env.container_body().items() if name != "Labels"}
        return env.post("/containers/create", {"name": name}, json=body).json()["Id"]

    return env.share("container without labels", make)


def row(api, container):
    """The row of a container in the list of all."""
    rows = [
        entry for entry in api.get("/containers/json", {"all": "1"}).json() if at(entry, "Id") == container
    ]
    assert len(rows) == 1, f"expected one row of the container, got {len(rows)}"
    return rows[0]


def assert_is_a_map_of_strings(labels):
    assert isinstance(labels, dict), f"Labels: expected an object, got {labels!r}"
    assert {type(value) for value in labels.values()} <= {str}


@since("1.17/create-takes-labels")
def test_the_container_keeps_its_labels(api, env):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body(Labels=LABELS))

    assert_status(answer, 201)
    kept = at(env.get(f"/containers/{name}/json"), "Config.Labels")
    assert_is_a_map_of_strings(kept)
    assert LABELS.items() <= kept.items()


@since("1.17/list-shows-labels")
def test_list_has_the_labels(api, labelled):
    labels = at(row(api, labelled), "Labels")

    assert_is_a_map_of_strings(labels)
    assert LABELS.items() <= labels.items()


@since("1.17/list-shows-no-labels")
def test_list_has_a_map_for_a_container_without_labels(api, bare):
    labels = at(row(api, bare), "Labels")

    assert_is_a_map_of_strings(labels)
    assert not LABELS.keys() & labels.keys()


@since("1.17/inspect-shows-labels")
def test_inspect_has_the_labels(api, labelled):
    labels = at(api.get(f"/containers/{labelled}/json").json(), "Config.Labels")

    assert_is_a_map_of_strings(labels)
    assert LABELS.items() <= labels.items()
