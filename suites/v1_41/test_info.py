"""GET /info, as API v1.41 changed it: the version of cgroups and of the system, and what is left out."""

import pytest

from conformance import assert_type, at, since
from conformance.testing import Unavailable


@pytest.fixture
def cgroup_version(env):
    """The version of the control groups that a container is shown."""
    shown = env.share("mounts", lambda: env.execute(env.idle_container(), "cat", "/proc/mounts").stdout)
    kinds = {line.split()[2] for line in shown.splitlines() if line.split()[1].startswith("/sys/fs/cgroup")}
    if not kinds & {"cgroup", "cgroup2"}:
        raise Unavailable("a container is shown no control groups")
    return "1" if "cgroup" in kinds else "2"


@since("1.41/info-cgroupversion")
def test_version_of_cgroups_is_that_of_containers(api, cgroup_version):
    document = api.get("/info").json()

    assert at(document, "CgroupVersion") == cgroup_version


@pytest.mark.parametrize("member", ["ClusterStore", "ClusterAdvertise"])
@since("1.41/info-no-clusterstore")
def test_an_empty_store_is_left_out(api, member):
    document = api.get("/info").json()

    assert at(document, member) != ""


@since("1.41/info-no-systemstatus")
def test_no_status_is_left_out(api):
    document = api.get("/info").json()

    assert at(document, "SystemStatus") not in (None, [])


@since("1.41/info-osversion")
def test_version_of_the_system_is_text(api):
    document = api.get("/info").json()

    assert_type(document, "OSVersion", str)


@pytest.fixture
def version_id(daemon):
    """VERSION_ID in the os-release of the daemon's host."""
    file = daemon.root / "etc" / "os-release"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    found = dict(line.partition("=")[::2] for line in lines).get("VERSION_ID")
    if found is None:
        raise Unavailable("the daemon's host has no os-release with a VERSION_ID")
    return found.strip("'\"")


@since("1.41/info-osversion")
@pytest.mark.needs("daemon-host")
def test_version_of_the_system_is_that_of_the_host(api, version_id):
    document = api.get("/info").json()

    assert at(document, "OSVersion") == version_id
