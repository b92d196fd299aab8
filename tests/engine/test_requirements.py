"""Which needs a host and a daemon meet, and that no daemon excuses itself."""

import os
import subprocess
from pathlib import Path

import pytest

from conformance.catalogue import load
from conformance.engine.host_cgroups import HostCgroups
from conformance.engine.identity import PrivateFacts
from conformance.engine.private import namespaces
from conformance.engine.requirements import PROBES, assess

INFO = {"MemoryLimit": True, "SwapLimit": False, "NCPU": 4}
CGROUP_NEEDS = [name for name, need in load().needs.items() if need.cgroup_v1]
OTHER_CGROUP_NEEDS = ["kernel-memory", "memory-cgroup-v1", "cgroupfs"]

root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def ordinary_process():
    """The id of a process that runs as an ordinary user, as a rootless engine does."""
    with subprocess.Popen(["sleep", "60"], user=65534, group=65534) as process:
        yield process.pid
        process.kill()


def needs(pid=0, info=INFO):
    return assess(pid, "it runs elsewhere", info, None, None, "no registry")[1]


def test_every_need_has_a_file_of_a_control_group_or_a_probe():
    rows = load().needs

    assert set(PROBES) == {name for name, need in rows.items() if not need.cgroup_v1}
    assert set(needs()) == set(rows)


@pytest.mark.parametrize("need", CGROUP_NEEDS)
def test_a_need_of_a_control_group_names_a_controller_and_a_file_of_both_versions(need):
    row = load().needs[need]

    assert row.cgroup_v1.count("/") == row.cgroup_v2.count("/") == 1


def test_a_daemon_elsewhere_is_believed_and_the_facts_say_so():
    host, found = assess(0, "it runs elsewhere", INFO, None, None, "no registry")

    assert host.source == "told"
    assert found["memory-cgroup"] == ""
    assert "does not claim SwapLimit" in found["swap-accounting"]
    assert found["daemon-host"] == "it runs elsewhere"
    assert found["registry"] == "no registry"
    assert found["private-daemon"]


@pytest.mark.parametrize(
    ("kernel", "there"), [("3.10.0-957", True), ("5.15.9", True), ("5.16.0", False), ("6.18", False)]
)
def test_a_kernel_that_ignores_limits_of_kernel_memory_does_not_meet_the_need(kernel, there):
    found = needs(info={"KernelMemory": True, "KernelVersion": kernel})

    assert (found["kernel-memory"] == "") is there


def test_cpu_shares_have_their_own_flag():
    assert needs(info={"CPUShares": True})["cpu-shares"] == ""
    assert "does not claim CPUShares" in needs(info={})["cpu-shares"]


@root
@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_rootless_daemon_without_a_cgroup_driver_meets_no_need_of_control_groups(
    elsewhere, ordinary_process
):
    info = {"CgroupDriver": "none", "MemoryLimit": True, "CPUShares": True, "CPUSet": True}

    found = needs(0 if elsewhere else ordinary_process, info)

    for need in (*CGROUP_NEEDS, *OTHER_CGROUP_NEEDS):
        assert "CgroupDriver is none" in found[need], need


@root
@pytest.mark.parametrize("need", ["host-root", "host-namespaces"])
def test_a_daemon_without_root_meets_no_need_of_it(need, ordinary_process):
    assert "rootless" in needs(ordinary_process, {})[need]
    assert needs(os.getpid(), {})[need] == ""


@root
@pytest.mark.parametrize(
    "claim",
    [
        {"CgroupDriver": "none"},
        {"CgroupDriver": "none", "SecurityOptions": ["name=rootless"]},
        {"MemoryLimit": False, "SwapLimit": False, "CPUShares": False, "CPUSet": False, "CpuCfsQuota": False},
        {"KernelVersion": "2.6.32"},
        {"CgroupVersion": "2"},
        {"SecurityOptions": ["name=userns"]},
    ],
    ids=["no driver", "rootless", "no limits", "old kernel", "other cgroups", "user namespaces"],
)
def test_a_daemon_whose_process_is_visible_cannot_excuse_itself(claim):
    pid = os.getpid()

    assert needs(pid, {**INFO, "DockerRootDir": "/", **claim}) == needs(pid, {**INFO, "DockerRootDir": "/"})


@root
@pytest.mark.parametrize(
    ("options", "group", "there"),
    [(["name=userns"], 100_000, False), (["name=userns"], 0, True), (["name=seccomp"], 100_000, True)],
    ids=["both witnesses", "the daemon alone", "its data alone"],
)
def test_namespaces_of_the_host_are_missing_where_the_daemon_and_its_data_say_so(
    options, group, there, tmp_path
):
    os.chown(tmp_path, 0, group)

    found = needs(os.getpid(), {"SecurityOptions": options, "DockerRootDir": str(tmp_path)})

    assert (found["host-namespaces"] == "") is there


@root
@pytest.mark.skipif(os.path.isdir("/run/systemd/system"), reason="systemd runs here")
def test_a_daemon_that_claims_a_systemd_that_does_not_run_is_still_asked_about_its_cgroup_parent():
    assert needs(os.getpid(), {"CgroupDriver": "systemd"})["cgroupfs"] == ""


@root
def test_the_kernel_decides_which_files_of_control_groups_there_are(tmp_path):
    cgroups = HostCgroups(os.getpid())
    row = load().needs["memory-cgroup"]
    cgroups.v1 = {"memory": str(tmp_path)}

    assert cgroups.missing_file(row) == "the kernel has no memory.limit_in_bytes"

    tmp_path.joinpath("memory.limit_in_bytes").touch()

    assert cgroups.missing_file(row) == ""


def test_a_process_on_this_host_has_ipv6_when_its_loopback_has_an_address_of_it():
    try:
        addresses = Path("/proc/self/net/if_inet6").read_text("ascii")
    except FileNotFoundError:
        addresses = ""

    assert (needs(os.getpid())["ipv6"] == "") is bool(addresses.strip())
    assert needs()["ipv6"]


@pytest.mark.parametrize(
    ("driver", "there"), [("btrfs", False), ("zfs", True), ("overlay2", False), ("vfs", False), ("", False)]
)
def test_a_storage_driver_elsewhere_has_sizes_where_every_file_system_of_it_has(driver, there):
    assert (needs(info={"Driver": driver})["storage-quota"] == "") is there


@pytest.mark.parametrize(
    ("kind", "options", "there"),
    [
        ("xfs", ["rw", "prjquota"], True),
        ("xfs", ["rw", "noquota"], False),
        ("ext4", ["rw", "prjquota"], False),
    ],
)
def test_overlay_has_sizes_on_xfs_with_project_quotas(monkeypatch, kind, options, there):
    rows = [
        namespaces.Mount("1 0 8:1 / / rw - ext4 /dev/a rw"),
        namespaces.Mount(f"2 1 8:2 / /data rw - {kind} /dev/b {','.join(options)}"),
    ]
    monkeypatch.setattr(namespaces, "mounts", lambda pid="self": rows)

    found = needs(os.getpid(), {"Driver": "overlay2", "DockerRootDir": "/data/docker"})

    assert (found["storage-quota"] == "") is there


@pytest.mark.parametrize(
    ("config", "there"),
    [
        ({}, True),
        ({"RegistryConfig": {"InsecureRegistryCIDRs": ["127.0.0.0/8"]}}, True),
        ({"RegistryConfig": {"InsecureRegistryCIDRs": []}}, False),
    ],
)
def test_a_registry_is_emulated_for_a_daemon_that_takes_one_without_tls(config, there):
    found = assess(os.getpid(), "", config, None, None, "no registry")[1]

    assert (found["registry-emulator"] == "") is there
    assert needs(info=config)["registry-emulator"]


@pytest.mark.parametrize(
    ("manager", "allowed", "reason"),
    [
        (False, False, "no manager of a swarm"),
        (False, True, "no manager of a swarm"),
        (True, False, "--allow-swarm"),
        (True, True, ""),
    ],
)
def test_a_running_daemon_is_used_as_the_manager_of_its_swarm_only_if_that_is_allowed(
    manager, allowed, reason
):
    info = {"Swarm": {"ControlAvailable": manager}}

    found = assess(0, "it runs elsewhere", info, None, None, "no registry", allow_swarm=allowed)[1]

    assert (reason in found["swarm"]) if reason else not found["swarm"]
    assert "--dockerd" in found["private-engine"]


def test_an_engine_that_the_run_starts_may_be_in_a_swarm_and_have_others_beside_it():
    private = PrivateFacts(pid=1, binary="dockerd", log="log")

    found = assess(0, "it runs elsewhere", {}, private, None, "no registry")[1]

    assert (found["swarm"], found["private-engine"]) == ("", "")
