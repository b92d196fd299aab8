"""POST /containers/create, as API v1.28 changed it: the consistency of mounts, and rules for devices."""

import pytest

from conformance import assert_status, since
from conformance.testing import run_created


@since("1.28/mounts-consistency")
@pytest.mark.parametrize("consistency", ["default", "consistent", "cached", "delegated"])
def test_mount_with_a_consistency_is_there(api, env, consistency):
    name = env.reserve_name("container")

    mount = {"Type": "volume", "Source": env.create_volume(), "Target": "/place", "Consistency": consistency}
    body = env.container_body("grep", "-c", " /place ", "/proc/mounts", HostConfig={"Mounts": [mount]})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "1\n"


#: Makes devices that no driver has and opens them: where the access is not allowed, the kernel says so before it looks for one.
OPEN = "for major in 42 43 44; do mknod /dev$major c $major 7; cat /dev$major 2>&1 | grep -q 'not permitted' || echo $major; done"


@since("1.28/hostconfig-devicecgrouprules")
@pytest.mark.needs("cgroups")
def test_rules_allow_the_access_to_devices(api, env):
    name = env.reserve_name("container")

    host = {"DeviceCgroupRules": ["c 42:* rmw", "c 43:* rmw"], "CapAdd": ["MKNOD"]}
    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body("sh", "-c", OPEN, HostConfig=host)
    )

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split() == ["42", "43"]
