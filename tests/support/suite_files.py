"""The files of the suites, for tests of how checks are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.catalogue.check_index import suites_dir

SUITES = suites_dir()


def find_in_files(find: Callable[[Path], list[Any]], pattern: str = "test_*.py") -> dict[str, list[Any]]:
    """What `find` returns for each file of the suites, by its path there, without the files in which it finds nothing.

    One test looks at all of them: a test for each takes longer to begin than to look.
    """
    paths = sorted(SUITES.rglob(pattern))
    assert paths
    return {str(path.relative_to(SUITES)): found for path in paths if (found := find(path))}
