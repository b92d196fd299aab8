"""Methods that the documents do not list for a path."""

import pytest

from conformance import assert_alive, assert_refused, assert_status, at, since
from conformance.testing import unchanged_container


@since("general/other-methods-refused")
@pytest.mark.unrouted
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_start_by_another_method_starts_nothing(api, env, method):
    name = unchanged_container(env, running=False)

    answer = api.request(method, f"/containers/{name}/start")

    assert_refused(answer)
    assert at(env.get(f"/containers/{name}/json"), "State.Running") is False


@since("general/other-methods-refused")
@pytest.mark.unrouted
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_rename_by_another_method_renames_nothing(api, env, method):
    container, new = unchanged_container(env, running=False), env.reserve_name("container")
    old = at(env.get(f"/containers/{container}/json"), "Name")

    answer = api.request(method, f"/containers/{container}/rename", {"name": new})

    assert_refused(answer)
    assert at(env.client.get(f"/containers/{container}/json").json(), "Name") == old


@since("general/other-methods-refused")
@pytest.mark.unrouted
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_create_by_another_method_creates_nothing(api, env, method):
    name = env.reserve_name("container")

    answer = api.request(method, "/containers/create", {"name": name}, json=env.container_body())

    assert_refused(answer)
    assert_status(env.client.get(f"/containers/{name}/json"), 404)


@since("general/other-methods-refused")
@pytest.mark.unrouted
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/containers/json", "/containers/{}/json"], ids=["list", "inspect"])
def test_reading_by_another_method_is_refused(api, env, method, path):
    name = unchanged_container(env, running=False)

    answer = api.request(method, path.format(name))

    assert_refused(answer)
    assert_status(env.client.get(f"/containers/{name}/json"), 200)


OTHERS = [
    ("POST", "/info"),
    ("POST", "/version"),
    ("POST", "/events"),
    ("GET", "/auth"),
    ("GET", "/build"),
    ("GET", "/commit"),
    ("GET", "/images/create"),
    ("PUT", "/volumes"),
    ("PUT", "/networks"),
    ("GET", "/containers/{}/exec"),
    ("GET", "/containers/{}/copy"),
    ("POST", "/containers/{}/stats"),
    ("POST", "/containers/{}/archive"),
]


@since("general/other-methods-refused")
@pytest.mark.unrouted
@pytest.mark.parametrize(("method", "path"), OTHERS, ids=[f"{method} {path}" for method, path in OTHERS])
def test_asking_by_another_method_is_refused(api, env, method, path):
    name = unchanged_container(env, running=False)

    answer = api.request(method, path.format(name))

    assert_refused(answer)
    assert at(env.get(f"/containers/{name}/json"), "State.Running") is False
    assert_alive(api)
