"""POST /containers/(id)/rename, as API v1.17 added it."""

import pytest

from conformance import assert_alive, assert_refused, assert_status, at, since


def create_container(env, *cmd, **options):
    """Create a container with a network of its own: engines up to 1.13 do not rename one that has joined another's."""
    return env.create_container(*cmd, own_network=True, **options)


def find_id(env, name):
    """The id of the container that the newest version finds under `name`, or None."""
    answer = env.client.get(f"/containers/{name}/json")
    return at(answer.json(), "Id") if answer.ok else None


@since("1.17/rename")
@pytest.mark.parametrize("running", [False, True], ids=["stopped", "running"])
def test_the_new_name_finds_the_container_and_the_old_one_none(api, env, running):
    old = create_container(env, "sleep", "86400", start=running, StopSignal="SIGKILL")
    new = env.reserve_name("container")
    container = env.adopt("container", find_id(env, old))

    answer = api.post(f"/containers/{old}/rename", {"name": new})

    assert_status(answer, 204)
    assert (find_id(env, new), find_id(env, old)) == (container, None)
    assert at(env.get(f"/containers/{container}/json"), "Name") == f"/{new}"


@since("1.17/rename")
def test_the_list_has_the_new_name(api, env):
    old, new = create_container(env), env.reserve_name("container")
    container = env.adopt("container", find_id(env, old))

    answer = api.post(f"/containers/{container}/rename", {"name": new})

    assert_status(answer, 204)
    names = {name for row in env.get("/containers/json", {"all": 1}) for name in at(row, "Names") or []}
    assert (f"/{new}" in names, f"/{old}" in names) == (True, False)


@since("1.17/rename")
def test_the_old_name_is_free_again(api, env):
    old, new = create_container(env), env.reserve_name("container")
    env.adopt("container", find_id(env, old))

    answer = api.post(f"/containers/{old}/rename", {"name": new})

    assert_status(answer, 204)
    again = env.client.post("/containers/create", {"name": old}, json=env.container_body())
    assert_status(again, 201)


@since("1.17/rename-to-taken-name")
def test_a_taken_name_is_a_conflict(api, env):
    first, second = create_container(env), create_container(env)
    before = [env.adopt("container", find_id(env, name)) for name in (first, second)]

    answer = api.post(f"/containers/{first}/rename", {"name": second})

    assert_status(answer, 409)
    assert [find_id(env, first), find_id(env, second)] == before


@since("1.17/rename-unknown-container")
def test_an_unknown_container_is_not_found(api, env):
    new = env.reserve_name("container")

    answer = api.post(f"/containers/{env.prefix}unknown/rename", {"name": new})

    assert_status(answer, 404)
    assert_alive(api)


@since("1.17/rename-without-name")
@pytest.mark.parametrize("query", [{}, {"name": ""}], ids=["missing", "empty"])
def test_without_a_name_it_is_refused(api, env, query):
    old = create_container(env)
    container = env.adopt("container", find_id(env, old))

    answer = api.post(f"/containers/{container}/rename", query)

    assert_refused(answer)
    assert find_id(env, old) == container
