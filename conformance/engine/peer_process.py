"""The daemon's process behind a unix socket, where it runs on this host."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from conformance.engine.private.daemon import peer_pid
from conformance.engine.threads import find_root
from conformance.http.endpoint import Endpoint

#: Programs that carry a socket from another place; their process says nothing about the daemon.
_FORWARDERS = frozenset(("ssh", "sshd", "socat", "nc", "ncat", "haproxy", "nginx", "envoy"))
_ENGINES = frozenset(("dockerd", "docker", "podman"))
_INVISIBLE = "the daemon's process is not visible from here"


def find_pid(endpoint: Endpoint, info: dict[str, Any]) -> tuple[int, str]:
    """The daemon's process behind a unix socket; 0 and the reason when it is not visible from here.

    `info` is the document of ``GET /info``. The peer of the socket may be systemd, which listens for others, or a program
    that forwards to a daemon elsewhere.
    """
    if endpoint.path is None:
        return 0, "the daemon is reached over TCP, so its process cannot be looked at"
    if os.geteuid() != 0:
        return 0, "this run is not root, so the daemon's process cannot be looked at"
    peer = peer_pid(endpoint)
    if peer <= 0:
        return 0, _INVISIBLE
    if peer == 1:
        peer = _holder(endpoint.path) or peer
    try:
        program = os.path.basename(os.readlink(f"/proc/{peer}/exe"))
    except OSError:
        return 0, _INVISIBLE
    if program in _FORWARDERS or (program not in _ENGINES and _is_elsewhere(info, find_root(peer))):
        return 0, f"behind the socket is {program}, and the daemon runs elsewhere"
    return peer, ""


def _is_elsewhere(info: dict[str, Any], root: str) -> bool:
    """Whether the daemon works in a directory that its peer does not have, and is on another host by its own account.

    A daemon that says one of these about itself is not believed: that would excuse it from what its host can confirm.
    """
    directory = info.get("DockerRootDir")
    if not isinstance(directory, str) or not directory or os.path.isdir(root + directory):
        return False
    here = os.uname()
    return (info.get("KernelVersion"), info.get("Name")) != (here.release, here.nodename)


def _holder(path: str) -> int:
    """The process, other than 1, that has the listening unix socket at `path` open; 0 if there is none."""
    wanted = set()
    real = os.path.realpath(path)
    with contextlib.suppress(OSError), open("/proc/net/unix", encoding="utf-8", errors="replace") as table:
        for line in table:
            fields = line.split()
            if len(fields) == 8 and os.path.realpath(fields[7]) == real:
                wanted.add(f"socket:[{fields[6]}]")
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal() and entry.name != "1":
            with contextlib.suppress(OSError):
                for handle in os.scandir(f"{entry.path}/fd"):
                    with contextlib.suppress(OSError):
                        if os.readlink(handle.path) in wanted:
                            return int(entry.name)
    return 0
