"""Drivers that do not exist, in the requests that API v1.21 lets name one.

A driver that is asked for and is missing is the effect of naming it: a daemon that does not read the field succeeds. Engines
look for a driver for 15 seconds before they answer, and for each name only once at a time.
"""

from conformance import assert_refused, assert_status, early, since


@early
@since("1.21/networks-create-no-driver")
def test_network_is_refused(api, env):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "Driver": name})

    assert_status(answer, 404)
    assert_status(env.client.get(f"/networks/{name}"), 404)


@early
@since("1.21/volumes-create-no-driver")
def test_volume_is_refused(api, env):
    name = env.reserve_name("volume")

    answer = api.post("/volumes/create", json={"Name": name, "Driver": name})

    assert_refused(answer)
    assert_status(env.client.get(f"/volumes/{name}"), 404)


@early
@since("1.21/hostconfig-volumedriver")
def test_container_does_not_run(api, env):
    name = env.reserve_name("container")
    host = {"NetworkMode": "none", "VolumeDriver": name}

    answer = create(api, env, name, HostConfig=host)

    assert_refused(answer)


def create(api, env, name, **members):
    """Create a container with a volume and, if that works, start it; returns the last answer."""
    body = env.container_body("true", Volumes={"/data": {}}, **members)
    answer = api.post("/containers/create", {"name": name}, json=body)
    return api.post(f"/containers/{name}/start") if answer.status == 201 else answer
