"""The start of the command line: a command imports what it needs itself, and no more."""

from __future__ import annotations

import subprocess
import sys

import pytest

from conformance.cli.commands import SUMMARIES

#: Libraries that take longer to import than the rest of ``list`` takes to run.
HEAVY = {"pytest", "_pytest", "xdist", "rich", "jinja2", "cryptography", "securesystemslib", "h11", "asyncio"}
SCRIPT = """
import sys
from conformance.__main__ import main
try:
    main()
except SystemExit:
    pass
print(" ".join(sys.modules), file=sys.stderr)
"""


def imported(*argv: str) -> set[str]:
    """The names of all modules that a command line imports."""
    done = subprocess.run([sys.executable, "-c", SCRIPT, *argv], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "argv", [["--help"], ["list"], ["show", "1.19/info-booleans"]], ids=lambda argv: argv[0]
)
def test_what_scripts_call_often_imports_no_heavy_library(argv):
    names = imported(*argv)

    assert "conformance.cli.main" in names
    assert names & HEAVY == set()


def test_help_imports_no_command():
    assert imported("--help") & {f"conformance.cli.{name}" for name in SUMMARIES} == set()


def test_a_command_imports_no_other():
    assert imported("badge", "--help") & {f"conformance.cli.{name}" for name in SUMMARIES} == {
        "conformance.cli.badge"
    }
