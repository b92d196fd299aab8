"""A conformance suite for the Docker Remote API: does this daemon speak it, and what is the proof?

Suites import seven names from here and nothing else; see ``conformance.checks`` and ``conformance.wire``.
"""

from importlib.metadata import PackageNotFoundError, version

from conformance.checks import after, always, before, since
from conformance.wire import ABSENT, array, at

try:
    __version__ = version("docker-api-conformance")
except PackageNotFoundError:  # a source tree on the path, not installed
    __version__ = "0+source"

__all__ = ["ABSENT", "after", "always", "array", "at", "before", "since"]
