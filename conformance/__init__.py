"""A conformance suite for the Docker Remote API: does this daemon speak it, and what is the proof?

What every check imports is here: the marks (``conformance.runner.marks``), how a document is read
(``conformance.http.messages``) and the assertions (``conformance.environment.assertions``).
"""

from importlib.metadata import PackageNotFoundError, version

from conformance.environment.assertions import (
    adopt_if_created,
    assert_alive,
    assert_refused,
    assert_status,
    assert_success,
    assert_type,
)
from conformance.http.documents import ABSENT, array, at
from conformance.runner.marks import after, always, before, since

try:
    __version__ = version("docker-api-conformance")
except PackageNotFoundError:  # a source tree on the path, not installed
    __version__ = "0+source"

__all__ = [
    "ABSENT",
    "adopt_if_created",
    "after",
    "always",
    "array",
    "assert_alive",
    "assert_refused",
    "assert_status",
    "assert_success",
    "assert_type",
    "at",
    "before",
    "since",
]
