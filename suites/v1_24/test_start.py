"""POST /containers/(id)/start, as API v1.24 changed it: it takes no HostConfig any more."""

from conformance import assert_status, at, since
from conformance.testing import SHOW_STATUS, read_capabilities, start_body, unchanged_container

ADDED = {"CapAdd": ["NET_ADMIN"]}


@since("1.24/start-no-host-config")
def test_start_does_not_apply_it(api, env):
    name = env.create_container(*SHOW_STATUS)

    api.post(f"/containers/{name}/start", json=start_body(env, **ADDED))

    env.client.post(f"/containers/{name}/start")
    assert "NET_ADMIN" not in read_capabilities(env.wait_for_end(name).stdout)


@since("1.24/start-host-config-refused")
def test_start_with_it_is_refused(api, env):
    name = unchanged_container(env, running=False, purpose="a HostConfig at start")

    answer = api.post(f"/containers/{name}/start", json=start_body(env, **ADDED))

    assert_status(answer, 400)
    assert at(env.get(f"/containers/{name}/json"), "State.Running") is False
