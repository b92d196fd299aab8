"""The refusals of POST /containers/create, whose statuses the reference of API v1.18 lists."""

import pytest

from conformance import adopt_if_created, assert_alive, assert_refused, assert_status, at, before, since

JSON = {"Content-Type": "application/json"}
NAMES = pytest.mark.parametrize(
    "suffix", [" b", "!", "/b", "ü"], ids=["space", "exclamation mark", "slash", "umlaut"]
)
WRONG = pytest.mark.parametrize(
    "members",
    [
        {"Env": "A=1"},
        {"Tty": "yes"},
        {"Labels": ["a"]},
        {"HostConfig": 17},
        {"HostConfig": {"Binds": "/a:/b"}},
    ],
    ids=["Env", "Tty", "Labels", "HostConfig", "Binds"],
)
BROKEN = pytest.mark.parametrize(
    "body", [b'{"Image": "', b"no JSON at all", b"[]"], ids=["cut short", "text", "list"]
)


def create(api, env, name, **members):
    """Create a container with a correct body but for `members`; returns the answer."""
    answer = api.post("/containers/create", {"name": name}, json={**env.container_body(), **members})
    adopt_if_created(env, "container", answer)
    assert_alive(api)
    return answer


def does_not_exist(env, name):
    return env.client.get(f"/containers/{name}/json").status == 404


@since("1.18/create-unknown-image")
def test_an_unknown_image_is_not_found(api, env):
    name = env.reserve_name("container")

    answer = create(api, env, name, Image=f"{env.prefix}unknown:1")

    assert_status(answer, 404)
    assert does_not_exist(env, name)


@before("1.18/create-unknown-image")
def test_an_unknown_image_is_refused(api, env):
    name = env.reserve_name("container")

    answer = create(api, env, name, Image=f"{env.prefix}unknown:1")

    assert_refused(answer)
    assert does_not_exist(env, name)


@since("1.18/create-taken-name")
def test_a_taken_name_is_a_conflict(api, env):
    name = env.create_container()
    owner = at(env.get(f"/containers/{name}/json"), "Id")

    answer = create(api, env, name)

    assert_status(answer, 409)
    assert at(env.get(f"/containers/{name}/json"), "Id") == owner


@before("1.18/create-taken-name")
def test_a_taken_name_is_refused(api, env):
    name = env.create_container()
    owner = at(env.get(f"/containers/{name}/json"), "Id")

    answer = create(api, env, name)

    assert_refused(answer)
    assert at(env.get(f"/containers/{name}/json"), "Id") == owner


@since("1.18/create-malformed-name")
@NAMES
def test_a_malformed_name_is_a_bad_parameter(api, env, suffix):
    answer = create(api, env, env.reserve_name("container") + suffix)

    assert_status(answer, 400)


@before("1.18/create-malformed-name")
@NAMES
def test_a_malformed_name_is_refused(api, env, suffix):
    answer = create(api, env, env.reserve_name("container") + suffix)

    assert_refused(answer)


@since("1.18/create-wrong-type")
@WRONG
def test_a_wrong_type_is_a_bad_parameter(api, env, members):
    name = env.reserve_name("container")

    answer = create(api, env, name, **members)

    assert_status(answer, 400)
    assert does_not_exist(env, name)


@before("1.18/create-wrong-type")
@WRONG
def test_a_wrong_type_is_refused(api, env, members):
    name = env.reserve_name("container")

    answer = create(api, env, name, **members)

    assert_refused(answer)
    assert does_not_exist(env, name)


@since("1.18/create-malformed-json")
@BROKEN
def test_a_body_that_is_no_object_is_a_bad_parameter(api, env, body):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, body=body, headers=JSON)

    assert_status(answer, 400)
    assert_alive(api)


@before("1.18/create-malformed-json")
@BROKEN
def test_a_body_that_is_no_object_is_refused(api, env, body):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, body=body, headers=JSON)

    assert_refused(answer)
    assert_alive(api)
