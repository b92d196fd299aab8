"""The files of the suites, for tests of how checks are written."""

import pytest

from conformance.catalogue.check_index import suites_dir

SUITES = suites_dir()
#: For a test with the argument `path`.
EACH_FILE = pytest.mark.parametrize(
    "path", sorted(SUITES.rglob("test_*.py")), ids=lambda path: str(path.relative_to(SUITES))
)
