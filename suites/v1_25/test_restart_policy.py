"""Restart policies, which API v1.25 has the daemon validate when they are given."""

import pytest

from conformance import adopt_if_created, assert_refused, assert_status, at, since

INVALID = pytest.mark.parametrize("policy", ["sometimes", "Always"])


@since("1.25/restart-policy-validation")
@INVALID
def test_create_refuses_an_unknown_policy(api, env, policy):
    name = env.reserve_name("container")

    body = env.container_body(HostConfig={"RestartPolicy": {"Name": policy}})
    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)
    assert_status(env.client.get(f"/containers/{name}/json"), 404)


@since("1.25/restart-policy-validation")
@INVALID
def test_update_refuses_an_unknown_policy(api, env, policy):
    container = env.create_container(HostConfig={"RestartPolicy": {"Name": "unless-stopped"}})

    answer = api.post(f"/containers/{container}/update", json={"RestartPolicy": {"Name": policy}})

    assert_refused(answer)
    assert at(env.get(f"/containers/{container}/json"), "HostConfig.RestartPolicy.Name") == "unless-stopped"
