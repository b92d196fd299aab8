"""A conformance suite for the Docker Remote API: does this daemon speak it, and what is the proof?

What every check imports is here: the marks (``conformance.runner.marks``), how a document is read
(``conformance.http.documents``) and the assertions (``conformance.environment.assertions``). Each name is imported when it is
first used, so that the command line starts without pytest.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.environment.assertions import (
        adopt_if_created,
        assert_alive,
        assert_progress_fails,
        assert_progress_succeeds,
        assert_refused,
        assert_status,
        assert_success,
        assert_type,
    )
    from conformance.environment.documented import (
        assert_as_in_example,
        assert_documented,
        assert_members_shown,
        assert_refusal_documented,
        documented_members,
    )
    from conformance.http.documents import ABSENT, array, at, known
    from conformance.runner.marks import after, always, before, early, since

__all__ = [
    "ABSENT",
    "adopt_if_created",
    "after",
    "always",
    "array",
    "assert_alive",
    "assert_as_in_example",
    "assert_documented",
    "assert_members_shown",
    "assert_progress_fails",
    "assert_progress_succeeds",
    "assert_refusal_documented",
    "assert_refused",
    "assert_status",
    "assert_success",
    "assert_type",
    "at",
    "before",
    "documented_members",
    "early",
    "known",
    "since",
]

_MODULES = (
    "conformance.http.documents",
    "conformance.runner.marks",
    "conformance.environment.assertions",
    "conformance.environment.documented",
)


def __getattr__(name: str) -> object:
    if name in __all__:
        for module in map(importlib.import_module, _MODULES):
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def version() -> str:
    """The installed version of the suite."""
    from importlib import metadata

    try:
        return metadata.version("docker-api-conformance")
    except metadata.PackageNotFoundError:  # a source tree on the path, not installed
        return "0+source"
