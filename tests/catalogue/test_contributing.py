"""Every command line that CONTRIBUTING.md and the examples of CI show is one that parses."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from conformance.cli import main as cli

ROOT = Path(__file__).parents[2]
LINES = re.findall(
    r"^ *docker-conformance (.+)$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE
)


@pytest.mark.parametrize("line", LINES)
def test_a_command_that_is_shown_parses(line):
    assert callable(cli.build_parser().parse_args(shlex.split(line)).command)


def test_scripts_and_files_that_are_named_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")

    assert len(LINES) >= 8
    for name in re.findall(r"\bscripts/\w+", text):
        assert (ROOT / name).exists(), name


def test_the_explanation_that_is_shown_is_toml():
    block = re.search(r"```toml\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)[1]

    assert tomllib.loads(re.sub(r"^   ", "", block, flags=re.MULTILINE)) == {
        "podman-5.4.2": {"1.19/info-booleans": "It answers integers in every version."}
    }
