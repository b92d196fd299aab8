"""What makes a check fail when it reads an answer. Each is an AssertionError, so that pytest reports a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.text import one_line

if TYPE_CHECKING:
    from conformance.http.messages import Response


class Missing(AssertionError, KeyError):
    """A check read a member or an element that the document does not have."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class Refused(AssertionError):
    """The daemon answered outside 2xx where the document promises success."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(f"expected a 2xx status, got {response.status}: {one_line(response.error)}")


class Malformed(AssertionError):
    """The body is not in the form that the document promises: JSON, UTF-8, a stream of frames or messages, a tar archive."""
