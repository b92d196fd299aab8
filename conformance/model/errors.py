"""Whose fault it was: the user's, the environment's, the daemon's or ours.

Everything here is raised on purpose; any other exception that reaches the plugin is the harness's own fault.
"""

from __future__ import annotations

import errno

#: Errors of the system by which it refuses a path that the user has named, or could name otherwise.
PATH_MISTAKES = frozenset(
    (
        errno.ENOENT,
        errno.EACCES,
        errno.EPERM,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EEXIST,
        errno.ENAMETOOLONG,
        errno.ELOOP,
        errno.EROFS,
    )
)


class ConformanceError(Exception):
    """Base of every error that this package raises on purpose."""


class UsageError(ConformanceError):
    """The user asked for something that cannot be done. One line: what, and what to do. Exit code 2."""


class CatalogueError(ConformanceError):
    """The catalogue's data is wrong. One line, with file and line. Exit code 2."""


class Unreachable(ConformanceError):
    """No daemon answers where one was expected. One line: where, why, what to do. Exit code 4."""


class Interrupted(ConformanceError):
    """A report has no footer: its run was cut short and must not be judged. Exit code 3."""


class Unavailable(ConformanceError):
    """A declared need is missing on this host. Gives the verdict ``unavailable``."""


class FixtureError(ConformanceError):
    """A fixture failed, so the check did not run. Gives the verdict ``blocked``.

    `exchange` is the one that failed, where the error is about one.
    """

    def __init__(self, message: str, exchange: object = None) -> None:
        super().__init__(message)
        self.exchange: object = exchange


class SharedFixtureError(FixtureError):
    """A fixture failed that many checks share, now or for an earlier check.

    `fixture` names the one that failed itself, and `root` is its error, also where other fixtures need it.
    """

    def __init__(self, fixture: str, error: BaseException, exchange: object = None) -> None:
        inner = error if isinstance(error, SharedFixtureError) else None
        self.fixture: str = inner.fixture if inner is not None else fixture
        self.root: BaseException = inner.root if inner is not None else error
        super().__init__(
            f"fixture {self.fixture!r} failed: {self.root}", inner.exchange if inner is not None else exchange
        )


class DaemonFault(ConformanceError):
    """The daemon violated HTTP. In a check this is a failed check; in a fixture it blocks."""


class ConnectionLost(DaemonFault):
    """The daemon refused, reset or closed the connection before a whole response had arrived."""


class DaemonTimeout(DaemonFault):
    """The daemon did not answer, or fell silent, within the time allowed."""


class ProtocolViolation(DaemonFault):
    """What arrived is not HTTP, or not the stream that was promised."""


class BodyTooLarge(DaemonFault):
    """The response body is larger than the cap."""


class ProbeFault(DaemonFault):
    """The daemon answers, but not as something that speaks the Docker Remote API."""
