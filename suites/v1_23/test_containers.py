"""GET /containers/json, as API v1.23 changed it: the state and the mounts of each container."""

import pytest

from conformance import array, at, since
from conformance.testing import becomes_true


def end(env):
    name = env.create_container()
    env.start_and_wait(name)
    return name


def pause(env):
    name = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")
    env.post(f"/containers/{name}/pause")
    return name


MAKE = {
    "created": lambda env: env.create_container(),
    "running": lambda env: env.idle_container(),
    "paused": pause,
    "exited": end,
}


def row_of(answer, container):
    rows = array(answer.json())
    row = next((row for row in rows if at(row, "Id") == container), None)
    assert row is not None, f"the container is not among the {len(rows)} listed"
    return row


@since("1.23/list-state")
@pytest.mark.parametrize(
    "word", ["created", "running", pytest.param("paused", marks=pytest.mark.needs("freezer")), "exited"]
)
def test_list_has_the_state_in_a_word(api, env, word):
    name = env.share(("container that is", word), lambda: MAKE[word](env))
    # An engine may still be tidying up after a process that has ended.
    becomes_true(lambda: at(env.get(f"/containers/{name}/json"), "State", "Status") == word, 10)
    container = at(env.get(f"/containers/{name}/json"), "Id")

    row = row_of(api.get("/containers/json", {"all": 1}), container)

    assert at(row, "State") == word


@since("1.23/list-mounts")
@pytest.mark.parametrize(
    ("path", "writable"), [("/writable", True), ("/readonly", False)], ids=["writable", "read-only"]
)
def test_list_has_the_mounts(api, env, container_with_mounts, path, writable):
    container = at(env.get(f"/containers/{container_with_mounts.container}/json"), "Id")

    row = row_of(api.get("/containers/json", {"all": 1}), container)

    mount = next((mount for mount in array(row, "Mounts") if at(mount, "Destination") == path), None)
    assert mount is not None, f"no mount has the Destination {path}"
    assert at(mount, "Name") == container_with_mounts.volumes[path]
    assert at(mount, "Source") == container_with_mounts.places[path]
    assert at(mount, "RW") is writable


@since("1.23/list-mounts")
def test_list_has_no_mounts_of_a_container_without(api, env):
    row = row_of(api.get("/containers/json"), env.idle_container())

    assert array(row, "Mounts") == []
