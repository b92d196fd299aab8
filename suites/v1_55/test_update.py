"""POST /containers/(id)/update and attestations of images, as API v1.55 changed them."""

import pytest

from conformance import ABSENT, assert_status, at, before, known, since
from fixtures.limits import MIB

RATE = [{"Path": "/dev/null", "Rate": MIB}]


@pytest.fixture
def limited_container(env):
    """The name of a created container with a rate for reading from a device."""
    return env.create_container(HostConfig={"BlkioDeviceReadBps": RATE})


def rates(env, name):
    return known(at(env.get(f"/containers/{name}/json"), "HostConfig.BlkioDeviceReadBps"), RATE)


@since("1.55/update-blkio-devices")
def test_list_replaces_the_rates(api, env, limited_container):
    other = [{"Path": "/dev/null", "Rate": 2 * MIB}]

    answer = api.post(f"/containers/{limited_container}/update", json={"BlkioDeviceReadBps": other})

    assert_status(answer, 200)
    assert rates(env, limited_container) == other


@since("1.55/update-blkio-devices")
def test_empty_list_removes_the_rates(api, env, limited_container):
    answer = api.post(f"/containers/{limited_container}/update", json={"BlkioDeviceReadBps": []})

    assert_status(answer, 200)
    assert rates(env, limited_container) in (ABSENT, None, [])


@since("1.55/update-blkio-devices")
def test_null_leaves_the_rates(api, env, limited_container):
    answer = api.post(
        f"/containers/{limited_container}/update", json={"BlkioDeviceReadBps": None, "CpuShares": 512}
    )

    assert_status(answer, 200)
    assert rates(env, limited_container) == RATE


@before("1.55/update-blkio-devices")
def test_list_is_ignored(api, env, limited_container):
    body = {"BlkioDeviceReadBps": [{"Path": "/dev/null", "Rate": 2 * MIB}], "CpuShares": 512}
    answer = api.post(f"/containers/{limited_container}/update", json=body)

    assert_status(answer, 200)
    assert rates(env, limited_container) == RATE


@since("1.55/image-attestations-unknown")
def test_attestations_of_an_unknown_image_are_not_found(api, env):
    assert_status(api.get(f"/images/{env.prefix}nosuch/attestations"), 404, 501)
