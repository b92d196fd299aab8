"""Limits for devices in HostConfig of POST /containers/create, as API v1.22 added them.

They are read where they take effect: in the files of the process's own cgroup (version 1 or 2).
"""

import pytest

from conformance import assert_status, since
from conformance.testing import Unavailable, run_created

MEMBERS = ["BlkioDeviceReadBps", "BlkioDeviceWriteBps", "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps"]
#: Where the kernel has the limit: the file of cgroup v1, and the key in a line of cgroup v2's io.max.
PLACES = {
    "BlkioDeviceReadBps": ("read_bps", "rbps"),
    "BlkioDeviceWriteBps": ("write_bps", "wbps"),
    "BlkioDeviceReadIOps": ("read_iops", "riops"),
    "BlkioDeviceWriteIOps": ("write_iops", "wiops"),
}
SHOW = "cd /sys/fs/cgroup; for f in read_bps write_bps read_iops write_iops; do sed s/^/$f' '/ blkio/blkio.throttle.${f}_device; done 2>/dev/null; cat io.max 2>/dev/null; true"


@pytest.fixture
def device(env):
    """A disk of the daemon's host: its path there, and its numbers as MAJOR:MINOR."""

    def find():
        show = "while read -r major minor size name; do test -b /host/$name && echo $major:$minor $name; done < /proc/partitions; true"
        shown = env.start_and_wait(
            env.create_container("sh", "-c", show, HostConfig={"Binds": ["/dev:/host:ro"]})
        ).stdout
        for line in shown.splitlines():
            numbers, name = line.split()
            if numbers.endswith(":0"):  # a limit is one of a disk, not of its parts
                return f"/dev/{name}", numbers
        raise Unavailable("the daemon's host has no disk under /dev")

    return env.share("a disk of the host", find)


def limit_of(shown, member, numbers):
    """The limit that `shown`, which is SHOW's output, has for a device; None for none."""
    file, key = PLACES[member]
    for line in shown.splitlines():
        words = line.split()
        if words[:2] == [file, numbers]:
            return int(words[2])
        if words[:1] == [numbers]:
            value = dict(word.split("=") for word in words[1:])[key]
            return None if value == "max" else int(value)
    return None


@since("1.22/hostconfig-blkio-device-rates")
@pytest.mark.parametrize("member", MEMBERS)
def test_rate_of_the_device_is_that_of_the_cgroup(api, env, device, member):
    name, (path, numbers) = env.reserve_name("container"), device

    host = {member: [{"Path": path, "Rate": 7_340_032}]}
    body = env.container_body("sh", "-c", SHOW, HostConfig=host)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert limit_of(run_created(env, name).stdout, member, numbers) == 7_340_032
