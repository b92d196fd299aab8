"""The limits of a container's control groups as the daemon's host has them.

Engines of 2015 show a container no control groups, and no document promises it any. Where the daemon's process can be looked
at, the host's own tree is the witness.
"""

from __future__ import annotations

import os
from pathlib import Path

from conformance.engine.host_cgroups import HostCgroups
from conformance.engine.identity import Daemon
from conformance.environment.cgroup_limits import FILES
from conformance.environment.proc_files import read_cgroup_paths, read_status
from conformance.http.errors import Malformed
from conformance.model.errors import FixtureError


def show_host_limits(daemon: Daemon, container: str, pid: int) -> str:
    """The limits of a container's process as PROBE_LIMITS prints them.

    `container` is the id of the container, which its control group has in its name, and `pid` the number of the process where
    the daemon runs (``State.Pid``). Raises FixtureError when the daemon's host cannot be looked at, or has no such process.
    """
    if not daemon.pid:
        raise FixtureError(
            "containers are shown no control groups, and the daemon's host cannot be looked at from here"
        )
    process = daemon.root / "proc" / str(pid)
    try:
        groups = read_cgroup_paths((process / "cgroup").read_text())
        lines = [
            f"allowed - {read_status((process / 'status').read_text(), 'Cpus_allowed_list')}",
            f"score - {(process / 'oom_score_adj').read_text().strip()}",
        ]
    except (OSError, Malformed) as error:
        raise FixtureError(f"failed to look at the process {pid} on the daemon's host: {error}") from error
    if not any(container in path for path in groups.values()):
        raise FixtureError(f"the process {pid} on the daemon's host is none of the container {container}")
    # The paths are those that this process sees, so they are looked up in its own mounts.
    return "\n".join([*lines, *_show_files(HostCgroups(os.getpid()), groups)])


def _show_files(mounted: HostCgroups, groups: dict[str, str]) -> list[str]:
    paths = {name: path for names, path in groups.items() for name in names.split(",")}
    lines = []
    for what, (controller, old, new) in FILES.items():
        if controller in mounted.v1:
            version, file = "v1", f"{mounted.v1[controller]}{paths.get(controller, '')}/{old}"
        else:
            version, file = "v2", f"{mounted.v2}{paths.get('', '')}/{new}"
        try:
            first, *_ = Path(file).read_text(encoding="ascii").splitlines() or [""]
        except OSError:
            continue  # this kernel has no such limit
        lines.append(f"{what} {version} {first}")
    return lines
