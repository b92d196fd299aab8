"""POST /containers/create, as API v1.48 changed it: a driver that has no effect, mounts of images, parameters of eth0."""

import pytest

from conformance import assert_status, assert_type, before, since
from conformance.testing import import_image, run_created


@pytest.fixture
def body(env):
    """A create body with a volume among its Mounts, and a VolumeDriver beside it."""
    mount = {"Type": "volume", "Source": env.share("volume of mounts", env.create_volume), "Target": "/data"}
    return env.container_body(HostConfig={"Mounts": [mount], "VolumeDriver": "local"})


@since("1.48/create-volumedriver-warning")
def test_a_driver_that_has_no_effect_gives_a_warning(api, env, read_warnings, body):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_type(answer.json(), "Warnings", list)
    assert read_warnings(answer), "expected a warning, got none"


@before("1.48/create-volumedriver-warning")
def test_a_driver_that_has_no_effect_gives_no_warning(api, env, read_warnings, body):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert read_warnings(answer) == []


@since("1.48/mount-image")
def test_files_of_the_image_are_mounted(api, env):
    source = env.share("image to mount", lambda: import_image(env, b"in the image\n"))
    name = env.reserve_name("container")

    mount = {"Type": "image", "Source": source, "Target": "/image"}
    body = env.container_body("cat", "/image/file", HostConfig={"Mounts": [mount]})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "in the image\n"


SHOW = ("cat", "/proc/sys/net/ipv4/conf/eth0/log_martians")
LOGS = {"net.ipv4.conf.eth0.log_martians": "1"}


@since("1.48/sysctls-of-eth0-stay")
def test_parameters_of_eth0_do_not_become_those_of_the_endpoint(api, env, two_networks):
    name = env.reserve_name("container")

    body = env.container_body(*SHOW, HostConfig={"NetworkMode": two_networks[0], "Sysctls": LOGS})
    answer = api.post("/containers/create", {"name": name}, json=body)

    if answer.ok and env.client.post(f"/containers/{name}/start").ok:
        assert env.wait_for_end(name).stdout == "0\n"
