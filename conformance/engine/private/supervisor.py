"""The supervisor of a private daemon: starts its namespaces, and removes everything when the suite has ended.

The first line on standard input holds the settings. When that pipe ends, because the suite closed it or was killed, the
supervisor kills the daemon (an orderly shutdown would save nothing that is needed) and removes all files. It writes
``{"pid": N}`` for process 1 of the namespaces and ``{"status": N}`` when that has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from typing import Any

from conformance.engine import tempdir
from conformance.engine.private import cgroups, init, namespaces


def main() -> None:
    """Serve one private daemon; see the module's docstring."""
    settings = json.loads(sys.stdin.readline() or "null")
    if settings is None:
        return
    child = 0
    try:
        cgroups.create(settings["cgroup"])
        namespaces.unshare(namespaces.CLONE_NEWPID)
        wakeup = _wake_on_signals()
        child = os.fork()
        if child == 0:
            signal.set_wakeup_fd(-1)
            namespaces.die_with_parent()
            init.run(settings)
        _send(pid=child)
        _supervise(child, wakeup)
    except OSError as error:
        os.write(2, f"docker-conformance: cannot start the namespaces: {error}\n".encode())
        _send(status=125)
        sys.stdin.read()
    finally:
        if child and child != -1:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
            cgroups.thaw(settings["cgroup"])
            with contextlib.suppress(OSError):
                os.waitpid(child, 0)
        for path in tempdir.remove(settings["directory"]):
            os.write(2, f"docker-conformance: cannot remove {path}\n".encode())


def _supervise(child: int, wakeup: int) -> None:
    """Return when the pipe is closed or SIGTERM comes."""
    ended = False
    while True:
        ready = select.select([0, wakeup], [], [])[0]
        if wakeup in ready:
            if signal.SIGTERM in os.read(wakeup, 64):
                return
            if not ended:
                pid, status = os.waitpid(child, os.WNOHANG)
                if pid:
                    ended = True
                    _send(status=os.waitstatus_to_exitcode(status))
        if 0 in ready and not os.read(0, 4096):
            return


def _wake_on_signals() -> int:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return reading


def _send(**words: Any) -> None:
    with contextlib.suppress(OSError):
        os.write(1, (json.dumps(words) + "\n").encode())
