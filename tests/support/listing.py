"""A fake daemon with scripted answers to its list requests."""

from __future__ import annotations

import json
from typing import Any

from conformance.http.messages import Response


def rows(*rows: Any) -> Response:
    return Response(200, "OK", (), json.dumps(rows).encode())


def volumes(*rows: Any) -> Response:
    return Response(200, "OK", (), json.dumps({"Volumes": rows}).encode())


def refused(status: int = 500) -> Response:
    return Response(status, "No", (), b'{"message": "not now"}')


class Listing:
    """A client; each path has answers in turn, of which the last one stays. Lists without answers are empty."""

    def __init__(self, answers: dict[str, list[Response]]) -> None:
        self.transcript: list[Response] = []
        self.removed: list[str] = []
        self.posted: list[str] = []
        #: The answers to DELETE in turn; 204 when there are none left.
        self.deletions: list[Response] = []
        self._answers = {"/volumes": [volumes()], **answers}

    def tell(self, path: str, *answers: Response) -> None:
        """What is to be answered from now on."""
        self._answers[path] = list(answers)

    def get(self, path: str, query: Any = None) -> Response:
        answers = self._answers.get(path, [rows()])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.transcript.append(answer)
        return answer

    def delete(self, path: str, query: Any = None) -> Response:
        self.removed.append(path)
        return self.deletions.pop(0) if self.deletions else Response(204, "No Content")

    def post(self, path: str, query: Any = None) -> Response:
        self.posted.append(path)
        return Response(204, "No Content")

    def close(self) -> None:
        pass
