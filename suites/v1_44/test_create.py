"""POST /containers/create, as API v1.44 changed it: read-only mounts and the start interval of health checks."""

from datetime import timedelta

import pytest

from conformance import assert_status, before, early, since
from conformance.testing import KILLED_ON_STOP, Unavailable, assert_starts, becomes_true, run_created
from fixtures.health import SECOND, read_checks
from fixtures.times import read_time

#: Tries to write into the mount, and into the one below it.
WRITE = "touch /mnt/NAME && rm /mnt/NAME && echo above; touch /mnt/shm/NAME && rm /mnt/shm/NAME && echo below; true"


@pytest.fixture
def writer(env, daemon):
    """What tries to write into /dev of the daemon's host at /mnt, below which the host has a mount of its own."""
    mounts = daemon.root.with_name("mountinfo").read_text()
    if not any(line.split()[4] == "/dev/shm" for line in mounts.splitlines()):
        raise Unavailable("the daemon's host has no mount at /dev/shm")
    return "sh", "-c", WRITE.replace("NAME", f"{env.prefix}probe")


def read_only(**options):
    return {"Mounts": [{"Type": "bind", "Source": "/dev", "Target": "/mnt", "ReadOnly": True, **options}]}


@since("1.44/mount-readonly-recursive")
def test_mounts_below_are_read_only_too(api, env, writer):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(*writer, HostConfig=read_only())
    )

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split() == []


@before("1.44/mount-readonly-recursive")
def test_mounts_below_a_read_only_one_stay_writable(api, env, writer):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(*writer, HostConfig=read_only())
    )

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split() == ["below"]


@since("1.44/mount-readonly-nonrecursive")
def test_mounts_below_stay_writable(api, env, writer):
    name = env.reserve_name("container")

    host = read_only(BindOptions={"ReadOnlyNonRecursive": True})
    answer = api.post("/containers/create", {"name": name}, json=env.container_body(*writer, HostConfig=host))

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split() == ["below"]


#: A health check that comes every minute, but four times a second while the container starts, which a success would end.
HEALTHCHECK = {
    "Test": ["CMD", "false"],
    "Interval": 60 * SECOND,
    "StartPeriod": 60 * SECOND,
    "StartInterval": SECOND // 4,
}


@early
@since("1.44/health-startinterval")
def test_checks_come_at_the_interval_of_the_start(api, env):
    name = env.reserve_name("container")

    body = env.container_body("sleep", "86400", Healthcheck=HEALTHCHECK, **KILLED_ON_STOP)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert becomes_true(lambda: len(read_checks(env, name)) > 1, 30), "no two checks came within 30 s"
    first, second = (read_time(check, "Start") for check in read_checks(env, name)[:2])
    assert second - first < timedelta(seconds=3)


@early
@before("1.44/health-startinterval")
def test_checks_come_at_the_common_interval(api, env):
    name = env.reserve_name("container")

    body = env.container_body("sleep", "86400", Healthcheck=HEALTHCHECK, **KILLED_ON_STOP)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert not becomes_true(lambda: read_checks(env, name), 3), "a check came before its time"
