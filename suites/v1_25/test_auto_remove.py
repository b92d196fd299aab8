"""HostConfig.AutoRemove of POST /containers/create, which API v1.25 added."""

from conformance import assert_status, before, since
from conformance.testing import assert_starts, becomes_true


def is_gone(env, name):
    return env.client.get(f"/containers/{name}/json").status == 404


@since("1.25/hostconfig-autoremove")
def test_container_is_gone_when_its_process_has_exited(api, env):
    name = env.reserve_name("container")

    body = env.container_body("true", HostConfig={"AutoRemove": True})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert becomes_true(lambda: is_gone(env, name), seconds=5)


@since("1.25/hostconfig-autoremove")
def test_container_stays_without_it(api, env):
    name = env.reserve_name("container")

    body = env.container_body("true", HostConfig={"AutoRemove": False})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    env.wait_for_exit(name)
    assert not becomes_true(lambda: is_gone(env, name), seconds=0.3)


@before("1.25/hostconfig-autoremove")
def test_container_stays_whatever_the_flag_says(api, env):
    name = env.reserve_name("container")

    body = env.container_body("true", HostConfig={"AutoRemove": True})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    env.wait_for_exit(name)
    assert not becomes_true(lambda: is_gone(env, name), seconds=0.3)
