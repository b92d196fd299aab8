"""Files of a container, read by whichever request the daemon has for that.

``GET /containers/(id)/archive`` came long after ``POST /containers/(id)/copy``, which is gone since. A daemon that has neither
shows no files, and nothing can be said of them.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.environment.environment import Environment
from conformance.http.client import Client
from conformance.http.errors import Malformed
from conformance.http.messages import Response
from conformance.http.tar import unpack
from conformance.model.errors import FixtureError


def read_container_file(env: Environment, container: str, path: str) -> str | None:
    """The text of a file of a container, running or not; None when the container has no such file.

    Raises FixtureError when the daemon shows no file of the container, not even its root directory.
    """
    refusals = []
    for read, can_read in _WAYS:
        answer = read(env.client, container, path)
        if answer.ok:
            return _text(answer, path)
        if can_read(env.client, container):
            return None
        refusals.append(f"{answer.status} {answer.error[:200]}")
    raise FixtureError(f"the daemon shows no files of the container {container}: {'; '.join(refusals)}")


def _text(answer: Response, path: str) -> str:
    try:
        member = next(iter(unpack(answer.body).values()), None)
    except Malformed as error:
        raise FixtureError(f"failed to read the archive of {path}: {error}") from error
    if member is None:
        raise FixtureError(f"failed to read the archive of {path}: it is empty")
    return member.content.decode("utf-8", "replace")


def _get_archive(client: Client, container: str, path: str) -> Response:
    return client.get(f"/containers/{container}/archive", {"path": path})


def _has_archives(client: Client, container: str) -> bool:
    return client.head(f"/containers/{container}/archive", {"path": "/"}).ok


def _copy(client: Client, container: str, path: str) -> Response:
    return client.post(f"/containers/{container}/copy", json={"Resource": path})


def _has_copies(client: Client, container: str) -> bool:
    return _copy(client, container, "/").ok


#: Each way to read a file, and what tells whether the daemon has it.
_WAYS: tuple[tuple[Callable[[Client, str, str], Response], Callable[[Client, str], bool]], ...] = (
    (_get_archive, _has_archives),
    (_copy, _has_copies),
)
