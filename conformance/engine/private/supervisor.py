"""The keeper of a private daemon: starts its namespaces, and takes everything away when the suite is gone.

It listens on standard input. The first line is the order; the end of the pipe, whether the suite closed it or was
killed, ends all at once and removes all files: nobody misses what the daemon would put in order if asked to end.
It says ``{"pid": N}`` for process 1 of the namespaces and ``{"status": N}`` when that has ended.
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
    order = json.loads(sys.stdin.readline() or "null")
    if order is None:
        return
    child = 0
    try:
        cgroups.create(order["cgroup"])
        namespaces.unshare(namespaces.CLONE_NEWPID)
        wakeup = _wake_on_signals()
        child = os.fork()
        if child == 0:
            signal.set_wakeup_fd(-1)
            namespaces.die_with_parent()
            init.run(order)
        _say(pid=child)
        _keep(child, wakeup)
    except OSError as error:
        os.write(2, f"docker-conformance: cannot start the namespaces: {error}\n".encode())
        _say(status=125)
        sys.stdin.read()
    finally:
        if child and child != -1:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
            cgroups.thaw(order["cgroup"])
            with contextlib.suppress(OSError):
                os.waitpid(child, 0)
        for path in tempdir.remove(order["directory"]):
            os.write(2, f"docker-conformance: cannot remove {path}\n".encode())


def _keep(child: int, wakeup: int) -> None:
    """Return when everything is to end: the pipe is closed, or we were told to terminate."""
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
                    _say(status=os.waitstatus_to_exitcode(status))
        if 0 in ready and not os.read(0, 4096):
            return


def _wake_on_signals() -> int:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return reading


def _say(**words: Any) -> None:
    with contextlib.suppress(OSError):
        os.write(1, (json.dumps(words) + "\n").encode())
