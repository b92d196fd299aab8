"""A conformance suite for the Docker Remote API: does this daemon speak it, and what is the proof?

Suites import seven names from here and nothing else; see ``conformance.runner.marks`` and ``conformance.http.messages``.
"""

from importlib.metadata import PackageNotFoundError, version

from conformance.http.messages import ABSENT, array, at
from conformance.runner.marks import after, always, before, since

try:
    __version__ = version("docker-api-conformance")
except PackageNotFoundError:  # a source tree on the path, not installed
    __version__ = "0+source"

__all__ = ["ABSENT", "after", "always", "array", "at", "before", "since"]
