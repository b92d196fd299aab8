"""The lists that a daemon has of its objects."""

from __future__ import annotations

import time
from typing import Any

from conformance.http.client import Client
from conformance.http.documents import ABSENT, at
from conformance.http.errors import Malformed
from conformance.model.errors import FixtureError

_PAUSE = 0.1
#: Statuses of a daemon that has no such list, and so none of what would be in it.
_NO_SUCH_LIST = (404, 405, 501)


class ListRefused(FixtureError):
    """The daemon goes on refusing a list, or gives something else."""


class ObjectLists:
    """One look at a daemon's lists, through `client`.

    Podman refuses the list of images with 500 while somebody removes one, so a list that fails is asked for again, until
    `patience` seconds have passed since the first that did.
    """

    def __init__(self, client: Client, patience: float = 2.0) -> None:
        self._client = client
        self._patience = patience
        self._ends = 0.0

    def rows(self, path: str, query: dict[str, Any] | None = None, member: str = "") -> list[Any]:
        """The list at `path`, in `member` of its document. Raises Unlisted, and DaemonFault when there is no answer."""
        transcript = self._client.transcript
        before = len(transcript)
        while (answer := self._client.get(path, query)).status >= 500 and answer.status not in _NO_SUCH_LIST:
            self._ends = self._ends or time.monotonic() + self._patience
            if time.monotonic() > self._ends:
                break
            time.sleep(_PAUSE)
            del transcript[before:]  # of a list asked for many times only the last answer is kept
        if answer.status in _NO_SUCH_LIST:
            return []
        if not answer.ok:
            raise ListRefused(f"GET {path} was refused with {answer.status}: {answer.error[:200]}")
        try:
            document = answer.json()
        except Malformed as error:
            raise ListRefused(f"GET {path} gave no list: {error}") from error
        rows = at(document, member) if member and isinstance(document, dict) else document
        if rows is None or rows is ABSENT:  # as engines write none
            return []
        if not isinstance(rows, list):
            raise ListRefused(f"GET {path} gave no list")
        return rows
