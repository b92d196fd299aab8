"""What no list of changes names: each entry has statements, which are asked or say why not. No daemon."""

import tomllib
from pathlib import Path

import pytest

from conformance.catalogue import load

ENTRIES = tomllib.loads(Path(__file__).with_name("undocumented.toml").read_text("utf-8"))


def test_every_entry_is_here():
    assert len(ENTRIES) == 54


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_has_statements_of_the_catalogue(entry):
    assert ENTRIES[entry], "no statement is named"
    assert [statement for statement in ENTRIES[entry] if statement not in load()] == []
