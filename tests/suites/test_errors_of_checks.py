"""No check ends in an error of the suite for what a daemon answers: an answer that lacks something is a failure.

A check that finds out in its body that it cannot be judged would be an error as well; a fixture may find out.
"""

from __future__ import annotations

import ast

import pytest
from suite_files import find_in_files

#: What next() may be called with, without a default: iterators that have a next element whatever the daemon answers.
ENDLESS = {"env.share('terminal sizes', lambda: count(41))", "numbers", "iter(value)"}


def find_errors(source: str) -> list[str]:
    """The places in checks and their helpers, as ``line: text``, that can end in an error for what a daemon answers."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Raise) and function.name.startswith("test_"):
                raised = ast.unparse(node)
                if "Unavailable" in raised:
                    found.append(f"{node.lineno}: {raised}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "next" and len(node.args) == 1:
                argument = ast.unparse(node.args[0])
                if argument not in ENDLESS:
                    found.append(f"{node.lineno}: next({argument})")
            if isinstance(node, ast.Subscript) and ast.unparse(node.value).startswith("array("):
                found.append(f"{node.lineno}: {ast.unparse(node)}")
    return sorted(set(found))


def test_what_an_answer_lacks_is_a_failure():
    assert find_in_files(lambda path: find_errors(path.read_text("utf-8"))) == {}


@pytest.mark.parametrize(
    "line",
    [
        "raise Unavailable('no such thing')",
        "row = next(row for row in rows if row)",
        "row = array(document)[0]",
    ],
)
def test_an_error_would_be_found(line):
    assert len(find_errors(f"def test_it(api):\n    {line}\n")) == 1


def test_what_is_safe_is_not_found():
    assert find_errors("def test_it(api):\n    row = next(iter(rows), None)\n    assert at(rows, 0)\n") == []
