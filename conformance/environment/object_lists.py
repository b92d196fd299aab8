"""The lists that a daemon has of its objects."""

from __future__ import annotations

import time
from typing import Any

from conformance.environment.object_kinds import ObjectKind
from conformance.http.client import Client
from conformance.http.documents import ABSENT, at
from conformance.http.errors import Malformed
from conformance.model.errors import FixtureError

_PAUSE = 0.1
#: Statuses of a daemon without such a list, and so without such objects.
_NO_SUCH_LIST = frozenset((404, 405, 501))
#: Those with which an engine says that it is in no swarm, or no manager there.
_NO_SWARM = frozenset((406, 503))


class ListRefused(FixtureError):
    """The daemon refused a list to the end, or answered with something else."""


class ObjectLists:
    """Reads a daemon's lists through `client`.

    Podman refuses the list of images with 500 while an image is being removed, so a list that fails is requested again, until
    `patience` seconds have passed since the first failure.
    """

    def __init__(self, client: Client, patience: float = 2.0) -> None:
        self._client = client
        self._patience = patience
        self._ends = 0.0

    def of_kind(self, kind: ObjectKind) -> list[Any]:
        """All objects of a kind; see rows()."""
        none = _NO_SUCH_LIST | _NO_SWARM if kind.of_swarm else _NO_SUCH_LIST
        return self.rows(kind.list_path, dict(kind.list_query), kind.list_member, none)

    def rows(
        self,
        path: str,
        query: dict[str, Any] | None = None,
        member: str = "",
        none: frozenset[int] = _NO_SUCH_LIST,
    ) -> list[Any]:
        """The list at `path`, in `member` of its document; empty when the status is one of `none`.

        Raises ListRefused, and DaemonFault when there is no answer.
        """
        transcript = self._client.transcript
        before = len(transcript)
        while (answer := self._client.get(path, query)).status >= 500 and answer.status not in none:
            self._ends = self._ends or time.monotonic() + self._patience
            if time.monotonic() > self._ends:
                break
            time.sleep(_PAUSE)
            del transcript[before:]  # only the last answer is kept
        if answer.status in none:
            return []
        if not answer.ok:
            raise ListRefused(f"GET {path} was refused with {answer.status}: {answer.error[:200]}")
        try:
            document = answer.json()
        except Malformed as error:
            raise ListRefused(f"GET {path} answered with no list: {error}") from error
        rows = at(document, member) if member and isinstance(document, dict) else document
        if rows is None or rows is ABSENT:  # how engines write an empty list
            return []
        if not isinstance(rows, list):
            raise ListRefused(f"GET {path} answered with no list")
        return rows
