"""Who may connect to a unix socket: tried by a child process of another user."""

from __future__ import annotations

import errno
import os
import socket
import warnings
from pathlib import Path

from conformance.model.errors import FixtureError

_REFUSED = (errno.EACCES, errno.EPERM)


def may_connect(path: str, uid: int, gid: int, groups: tuple[int, ...] = ()) -> bool:
    """Whether a process of that user and those groups could connect to the unix socket, provided that it can see the socket.

    The directories above do not matter: the child uses a descriptor that this process has opened. Needs root. Raises
    FixtureError when the attempt itself fails.
    """
    handle = os.open(path, os.O_PATH)
    try:
        with warnings.catch_warnings():
            # The child of a process with threads makes only a few system calls here.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            code = errno.EIO
            try:
                code = _try(handle, uid, gid, groups)
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os.close(handle)
    if code and code not in _REFUSED:
        what = os.strerror(code) if code > 0 else f"signal {-code}"
        raise FixtureError(f"failed to try connecting to {path} as user {uid}: {what}")
    return code == 0


def _try(handle: int, uid: int, gid: int, groups: tuple[int, ...]) -> int:
    """Become that user and connect: 0, or the number of the error."""
    try:
        os.setgroups(groups)
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(5)
            connection.connect(f"/proc/self/fd/{handle}")
    except OSError as error:
        return error.errno or errno.EIO
    except ValueError:
        return errno.EINVAL
    return 0


def group_id(pid: int, name: str) -> int | None:
    """The id of a group by the /etc/group that process `pid` sees; None when there is no such group."""
    text = Path(f"/proc/{pid}/root/etc/group").read_text(encoding="utf-8", errors="replace")
    rows = [line.split(":") for line in text.splitlines()]
    return next((int(row[2]) for row in rows if len(row) > 2 and row[0] == name), None)
