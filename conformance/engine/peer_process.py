"""The daemon's process behind a unix socket."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from conformance.engine.private.daemon import peer_pid
from conformance.http.endpoint import Endpoint

#: Programs that carry a socket from another place; their process says nothing about the daemon.
_FORWARDERS = frozenset(("ssh", "sshd", "socat", "nc", "ncat", "haproxy", "nginx", "envoy"))
_INVISIBLE = "the daemon's process is not visible from here"


def find_pid(endpoint: Endpoint, info: dict[str, Any], said_kernel: str) -> tuple[int, str]:
    """The daemon's process behind a unix socket; 0 with the reason when it is not to be seen from here.

    `info` is the document of ``GET /info``, `said_kernel` the kernel release of ``GET /version``.

    The peer may be systemd, which listens for others, or a forwarder that is no daemon at all.
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
    # What no forwarder has for a daemon on another host: its kernel, and the directory it works in.
    root = info.get("DockerRootDir")
    elsewhere = program in _FORWARDERS or said_kernel not in ("", os.uname().release)
    if elsewhere or (isinstance(root, str) and root and not os.path.isdir(f"/proc/{peer}/root{root}")):
        return 0, f"behind the socket is {program}, and the daemon runs elsewhere"
    return peer, ""


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
