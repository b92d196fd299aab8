"""No check compares the text of a value whose type it has not asserted: a string "16" would pass as the number 16."""

from __future__ import annotations

import ast

import pytest
from suite_files import find_in_files

READERS = {"at", "array"}
CONVERSIONS = {"str", "int", "float", "bool", "format"}


def reads_untyped(node: ast.AST) -> bool:
    """Whether an expression has the value of at() or of an element of array() in it."""
    return any(
        isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in READERS
        for part in ast.walk(node)
    )


def is_conversion(node: ast.AST) -> bool:
    """Whether an expression makes text or a number of a value that was read without its type."""
    if isinstance(node, ast.FormattedValue):
        return reads_untyped(node.value)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    if node.func.id == "map":
        function, *values = node.args
        converts = isinstance(function, ast.Name) and function.id in CONVERSIONS
        return converts and any(map(reads_untyped, values))
    return node.func.id in CONVERSIONS and any(map(reads_untyped, node.args))


def find_conversions(source: str) -> list[str]:
    """The expressions in checks and their helpers that convert what they read, as ``line: text``; not those of messages."""
    tree = ast.parse(source)
    messages = {
        id(part)
        for node in ast.walk(tree)
        for message in ([node.msg] if isinstance(node, ast.Assert) and node.msg else [])
        for part in ast.walk(message)
    }
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if id(node) not in messages and is_conversion(node)
    ]


def test_a_check_converts_only_values_whose_type_it_has_asserted():
    assert find_in_files(lambda path: find_conversions(path.read_text("utf-8"))) == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("assert f\"{at(d, 'IPAddress')}/16\" == shown", True),
        ("assert str(at(d, 'Port')) == '80'", True),
        ("assert list(map(str, array(d, 'Ports'))) == ['80']", True),
        ("assert f\"{assert_type(d, 'IPPrefixLen', int)}\" == shown", False),
        ("assert at(d, 'Port') == 80, f\"got {at(d, 'Port')}\"", False),
    ],
)
def test_the_rule_finds_what_it_is_about(line, found):
    assert bool(find_conversions(line)) is found
