"""What a private daemon does to its host, which is: nothing that stays."""

import base64
import grp
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest
from needs import DOCKERD

from conformance.engine import tempdir
from conformance.engine.identity import Daemon
from conformance.engine.private import cgroups
from conformance.engine.private.daemon import PrivateDaemon, answers, has_option
from conformance.engine.targets import PrivateOptions, Target
from conformance.environment.rootfs import make_rootfs
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.model.errors import ConnectionLost, Unreachable, UsageError

pytestmark = [pytest.mark.engine, DOCKERD]


@pytest.fixture
def base():
    """A directory of this test, whose path is short enough for sockets."""
    path = tempfile.mkdtemp(dir="/tmp")
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def running():
    """A private daemon with all that it can be given, as a target opens it."""
    options = PrivateOptions(
        labels={"a": "b", "empty": ""},
        proxies={"http": "http://u:pw@proxy.invalid:1", "no": "x,y"},
        etc={"conformance/given": "content\n"},
    )
    with Target("dockerd", "for the tests", binary=shutil.which("dockerd"), private=options).open() as daemon:
        yield daemon


def host_state(base):
    """All that a daemon might leave behind on its host, as far as it is of this test."""

    def out(*command):
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    return {
        "links": sorted(line.split(":")[1] for line in out("ip", "-o", "link").splitlines()),
        "rules": [line for line in out("iptables-save").splitlines() if not line.startswith("#")],
        "mounts": [line for line in Path("/proc/mounts").read_text().splitlines() if base in line],
        "processes": [line for line in out("ps", "-eww", "-o", "args=").splitlines() if base in line],
        "files": sorted(os.listdir(base)),
        "etc": os.path.exists("/etc/docker"),
        "lib": os.path.exists("/var/lib/docker"),
        "run": sorted(name for name in os.listdir("/run") if "docker" in name or "containerd" in name),
        "cgroups": [h.path for h in cgroups.hierarchies() if "docker" in os.listdir(h.path)],
    }


def cgroups_of(name):
    return [path for h in cgroups.hierarchies() if os.path.isdir(path := os.path.join(h.path, name))]


def start_container(endpoint, command="sleep 600"):
    client = Client(endpoint)
    client.post("/images/create", {"fromSrc": "-", "repo": "t"}, body=make_rootfs()).messages()
    body = {"Image": "t", "Cmd": ["sh", "-c", command], "ExposedPorts": {"80/tcp": {}}}
    body["HostConfig"] = {"Memory": 64 << 20, "PortBindings": {"80/tcp": [{"HostPort": "8099"}]}}
    found = client.post("/containers/create", json=body).json()["Id"]
    started = client.post(f"/containers/{found}/start")

    assert started.status == 204, started.error
    return client, found


def pause(client, container):
    """Freeze a container: in a v1 freezer not even SIGKILL ends its process."""
    assert client.post(f"/containers/{container}/pause").ok


def gone_within(seconds, *paths):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(map(os.path.exists, paths)):
        time.sleep(0.02)
    return not any(map(os.path.exists, paths))


def test_two_daemons_with_containers_leave_nothing(base):
    before = host_state(base)
    with PrivateDaemon(base=base) as one, PrivateDaemon(base=base) as other:
        for daemon in (one, other):
            pause(*start_container(daemon.endpoint))
        names = [os.path.basename(daemon.directory) for daemon in (one, other)]

        assert all(map(cgroups_of, names))
        assert host_state(base)["links"] == before["links"]
        assert host_state(base)["rules"] == before["rules"]

    assert host_state(base) == before
    assert not any(map(cgroups_of, names))


def test_start_is_fast(base):
    began = time.monotonic()
    with PrivateDaemon(base=base) as daemon:
        took = time.monotonic() - began

        assert answers(daemon.endpoint)
    assert took < 10


SUITE = """
    import sys, time
    from conformance.engine.private.daemon import PrivateDaemon
    with PrivateDaemon(base=sys.argv[1]) as daemon:
        print(daemon.directory, daemon.pid, flush=True)
        time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_suite_that_is_killed_takes_all_along(number, base):
    before = host_state(base)
    suite = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUITE), base],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    directory, pid = suite.stdout.readline().split()
    pause(*start_container(_endpoint(directory)))
    suite.send_signal(number)
    suite.wait(30)

    assert gone_within(15, f"/proc/{pid}", directory)
    assert host_state(base) == before
    assert not cgroups_of(os.path.basename(directory))


def test_killed_supervisor_leaves_a_directory_that_can_be_removed(base):
    before = host_state(base)
    suite = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUITE), base],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    directory, pid = suite.stdout.readline().split()
    owners = json.loads(Path(directory, "owner.json").read_text())
    os.kill(owners[1]["pid"], signal.SIGKILL)

    assert gone_within(10, f"/proc/{pid}")
    assert tempdir.find_stale([base]) == []

    suite.kill()
    suite.wait(10)

    assert tempdir.find_stale([base]) == [directory]
    assert tempdir.remove(directory) == []
    assert host_state(base) == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--no-such-option"], "unknown flag: --no-such-option"),
        (["--storage-driver=zfs"], "error initializing graphdriver"),
        (["--label=nonsense"], "nonsense"),
    ],
)
def test_daemon_that_cannot_start_is_quoted_in_one_line(arguments, words, base, tmp_path):
    daemon = PrivateDaemon(base=base, arguments=arguments)
    daemon.keep_log(tmp_path / "log")
    with pytest.raises(Unreachable) as caught:
        daemon.__enter__()

    assert words in str(caught.value)
    assert str(tmp_path / "log") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert os.listdir(base) == []


def test_program_that_is_no_daemon_is_reported(base):
    with pytest.raises(Unreachable, match="exited at once with status 0: it logged nothing"):
        PrivateDaemon(shutil.which("true"), base=base).__enter__()


def test_daemon_that_never_answers_is_ended(base, tmp_path):
    script = tmp_path / "dockerd"
    script.write_text("#!/bin/sh\necho idling\nexec sleep 600\n")
    script.chmod(0o755)
    with pytest.raises(Unreachable, match=r"did not answer within 0\.5 s: idling"):
        PrivateDaemon(str(script), base=base, patience=0.5).__enter__()

    assert host_state(base)["processes"] == []
    assert os.listdir(base) == []


def test_siblings_come_from_the_directory_of_the_build(base, tmp_path):
    for name in ("dockerd", "containerd"):
        script = tmp_path / name
        script.write_text('#!/bin/sh\nexec echo "Error: I am $0 beside" $(command -v containerd)\n')
        script.chmod(0o755)
    with pytest.raises(Unreachable, match=f"beside {tmp_path}/containerd"):
        PrivateDaemon(str(tmp_path / "dockerd"), base=base).__enter__()


@pytest.mark.parametrize("name", ["/nonexistent/dockerd", "/etc/passwd", "no-such-dockerd"])
def test_binary_that_cannot_be_run_is_a_mistake(name):
    with pytest.raises(UsageError, match="give the path of a dockerd binary"):
        PrivateDaemon(name)


def test_options_are_read_from_the_help_of_a_program(tmp_path):
    silent, broken = tmp_path / "silent", tmp_path / "broken"
    silent.write_text("#!/bin/sh\n")
    silent.chmod(0o755)
    broken.write_text("")

    assert has_option("dockerd", "--default-address-pool")
    assert not has_option("dockerd", "--default-address")
    assert not has_option(str(silent), "--default-address-pool")
    assert not has_option(str(broken), "--default-address-pool")


def test_log_is_kept_when_asked(base, tmp_path):
    daemon = PrivateDaemon(base=base)
    daemon.keep_log(tmp_path / "log")
    with daemon:
        pass

    assert "API listen on" in (tmp_path / "log").read_text()


def test_host_configuration_of_an_engine_is_not_seen(running):
    root = f"/proc/{running.private.pid}/root"

    assert os.listdir(f"{root}/etc/docker") in ([], ["key.json"])
    assert not os.path.exists(f"{root}/run/systemd")
    assert Path(f"{root}/etc/passwd").read_bytes() == Path("/etc/passwd").read_bytes()


def test_given_files_are_in_its_etc_alone(running):
    assert Path(f"/proc/{running.private.pid}/root/etc/conformance/given").read_text() == "content\n"
    assert not os.path.exists("/etc/conformance")


def test_socket_has_the_group_and_mode_that_the_engine_gives(running):
    found = os.stat(running.endpoint.path)
    groups = [group.gr_name for group in grp.getgrall()]

    assert stat.S_IMODE(found.st_mode) == 0o660
    assert grp.getgrgid(found.st_gid).gr_name == ("docker" if "docker" in groups else "root")


def test_labels_and_proxies_reach_the_daemon(running):
    info = Client(running.endpoint).get("/info").json()

    assert set(info["Labels"]) == {"a=b", "empty="}
    assert info["HttpProxy"].endswith("proxy.invalid:1")
    assert info["NoProxy"] == "x,y"


def test_proxies_are_set_in_both_spellings(running):
    variables = Path(f"/proc/{running.pid}/environ").read_bytes().split(b"\0")

    assert b"NO_PROXY=x,y" in variables
    assert b"no_proxy=x,y" in variables
    assert {b"HTTP_PROXY", b"http_proxy"} <= {line.partition(b"=")[0] for line in variables}


def test_tls_listener_takes_the_good_certificate_only(running):
    ways = running.private.endpoints

    assert Client(ways["good"]).get("/_ping").body == b"OK"
    assert Client(ways["plain"]).get("/_ping").status == 400
    for name in ("foreign", "none"):
        with pytest.raises(ConnectionLost):
            Client(ways[name]).get("/_ping")


def test_private_daemon_has_all_that_the_kernel_gives(running):
    missing = {need for need, reason in running.capabilities.items() if reason}

    assert missing <= {
        "kernel-memory",
        "memory-cgroup-v1",
        "blkio-weight",
        "swap-accounting",
        "docker-cli",
        "storage-quota",
        "registry",
    }
    assert running.host.source == "seen"
    assert running.pid != running.private.pid


def test_slow_storage_driver_is_not_passed_over_in_silence():
    options = PrivateOptions(tls=False, arguments=["--storage-driver=vfs"])
    with Target("x", "for the tests", binary=shutil.which("dockerd"), private=options).open() as daemon:
        assert daemon.sentence.startswith("for the tests; its storage driver is vfs, which is slow")


def test_facts_go_through_json(running):
    assert Daemon.from_json(running.to_json()) == running


def test_container_lies_in_the_cgroup_of_its_daemon(running):
    client, found = start_container(running.endpoint)
    pid = client.get(f"/containers/{found}/json").json()["State"]["Pid"]
    lines = (running.root / "proc" / str(pid) / "cgroup").read_text().splitlines()
    client.delete(f"/containers/{found}", {"force": 1, "v": 1})
    own = os.path.basename(os.path.dirname(running.endpoint.path))

    assert [line for line in lines if found in line]
    assert all(f":/{own}/" in line for line in lines if found in line)


@pytest.mark.skipif(shutil.which("docker-registry") is None, reason="no registry is installed")
def test_image_goes_to_the_registry_and_is_seen_there(running):
    registry = running.registry
    client = Client(running.endpoint)
    name = f"{registry.address}/pushed"
    client.post("/images/create", {"fromSrc": "-", "repo": name, "tag": "1"}, body=make_rootfs()).messages()
    login = {"username": registry.username, "password": registry.password}
    good, wrong = (_header({**login, **change}) for change in ({}, {"password": "wrong"}))

    assert "errorDetail" in client.post(f"/images/{name}/push", {"tag": "1"}, headers=wrong).messages()[-1]
    assert "aux" in client.post(f"/images/{name}/push", {"tag": "1"}, headers=good).messages()[-1]
    assert Client(registry.endpoint).get("/v2/pushed/tags/list").status == 401
    found = Client(registry.endpoint).get("/v2/pushed/tags/list", headers=_basic(login))
    assert found.json()["tags"] == ["1"]


def _header(login):
    return {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(login).encode()).decode()}


def _basic(login):
    words = f"{login['username']}:{login['password']}"
    return {"Authorization": "Basic " + base64.b64encode(words.encode()).decode()}


def _endpoint(directory):
    return Endpoint(path=f"{directory}/docker.sock")
