"""The environment of what API v1.15 brought: a terminal which tells its size when asked, a container that shows its configuration."""

from contextlib import suppress
from typing import NamedTuple

import pytest

from conformance.environment import persistent
from conformance.environment.batch import at_once, created, not_created, not_started
from conformance.environment.processes import is_running
from conformance.environment.wait import until
from conformance.http.frames import STDOUT, payload
from conformance.model.errors import FixtureError


@pytest.fixture
def terminal(env):
    """An exec instance that runs and has a terminal; it runs on when a check has given it a size."""
    return persistent.terminal(env)


class Configured(NamedTuple):
    """A running container that was configured at create: its name, and the text of files that its process has read."""

    name: str
    files: dict[str, str]


FILES = ("/etc/resolv.conf", "/etc/hosts", "/proc/self/status", "/data/file")
SHOW = f"for f in {' '.join(FILES)}; do echo == $f; cat $f; done; echo == /dev/another; ls -l /dev/another; echo == end; exec sleep 86400"


def giver(env):
    """The name of a container with a volume at /data, which holds a file that its process wrote."""

    def make():
        name = env.container("sh", "-c", "echo in the volume > /data/file", Volumes={"/data": {}})
        assert env.output(name).code == 0, "the process could not write"
        return name

    return env.shared("container with a volume to give", make)


@pytest.fixture
def configured(api, env):
    """Creates a container with the given members of HostConfig, alone or beside others, and starts it; gives what it shows."""
    every = {
        "Dns": ["192.0.2.7"],
        "DnsSearch": ["search.invalid"],
        "ExtraHosts": ["elsewhere:192.0.2.9"],
        "CapAdd": ["NET_ADMIN"],
        "CapDrop": ["MKNOD"],
        "Devices": [
            {"PathOnHost": "/dev/null", "PathInContainer": "/dev/another", "CgroupPermissions": "rwm"}
        ],
        "PublishAllPorts": True,
    }
    with suppress(FixtureError):
        every["VolumesFrom"] = [giver(env)]

    def look(name):
        why = not_started(api.post(f"/containers/{name}/start"))
        assert not why, why
        assert is_running(env, name), "the container does not run that was started"
        log = f"/containers/{name}/logs"
        until(
            lambda: b"== end" in env.must(env.client.get(log, {"stdout": 1})).body,
            "the process has shown all",
        )
        shown = payload(env.must(env.client.get(log, {"stdout": 1})).frames(), STDOUT).decode()
        return Configured(name, dict(part.partition("\n")[::2] for part in shown.split("== ")[1:]))

    def ask(members):
        host = {"NetworkMode": "bridge", **members}
        cmd = ("sh", "-c", SHOW)
        return created(
            env,
            api,
            env.body(*cmd, StopSignal="SIGKILL", ExposedPorts={"7/tcp": {}}, HostConfig=host),
            look,
        )

    def choose(*names):
        wanted = {name: every[name] if name in every else [giver(env)] for name in names}
        return at_once(env, api, "configured", wanted, every, ask, not_created)

    return choose
