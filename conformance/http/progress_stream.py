"""What a row of progress messages (build, pull, push, import) says in the end. No sockets here."""

from __future__ import annotations

from conformance.http.documents import at
from conformance.http.errors import Malformed
from conformance.http.messages import Response


def progress_error(response: Response) -> str:
    """Why what was asked for did not come about, in the daemon's words; ``""`` when it did.

    A daemon that has begun to answer with 200 can tell a failure only by an object with ``error`` in the row; that is the
    form which the references show.
    """
    if not response.ok:
        return response.error or f"status {response.status}"
    for message in _messages(response):
        error = at(message, "error")
        if error:
            return str(error)
        detail = at(message, "errorDetail", "message")
        if detail:
            return str(detail)
    return ""


def _messages(response: Response) -> list[object]:
    try:
        return list(response.messages())
    except Malformed:
        # A plain text tells of no error; whether it is allowed is another question.
        return []
