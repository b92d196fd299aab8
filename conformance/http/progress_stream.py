"""The outcome of a stream of progress messages (build, pull, push, import). No sockets here."""

from __future__ import annotations

from conformance.http.documents import ABSENT, at
from conformance.http.errors import Malformed
from conformance.http.messages import Response


def progress_error(response: Response) -> str:
    """The daemon's message when the operation failed; ``""`` when it succeeded.

    A daemon that has begun to answer with 200 reports a failure by an object with ``error``, ``errorDetail`` or both in the
    stream, as the references show.
    """
    if not response.ok:
        return response.error or f"status {response.status}"
    for message in _messages(response):
        error = at(message, "error") or at(message, "errorDetail", "message")
        if error:
            return str(error)
        if at(message, "error") is ABSENT and at(message, "errorDetail") not in (ABSENT, None):
            return "an error without a message"
    return ""


def _messages(response: Response) -> list[object]:
    try:
        return list(response.messages())
    except Malformed:
        # A plain text reports no error; whether it is allowed is another question.
        return []
