"""Suites use the documented surface only: the package's root, conformance.testing and fixtures."""

import ast
from pathlib import Path

import pytest

import conformance
from conformance import testing

SUITES = Path(__file__).parents[2] / "suites"
PUBLIC = {"conformance": set(conformance.__all__), "conformance.testing": set(testing.__all__)}
#: The conftest starts the plugin, and nothing else does.
PLUGIN = ("conformance.runner.plugin", "activate")


def imports(path):
    """Each name that a file imports from the library, with its module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.partition(".")[0] == "conformance"
        ):
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (
                (alias.name, "") for alias in node.names if alias.name.partition(".")[0] == "conformance"
            )


@pytest.mark.parametrize(
    "path", sorted(SUITES.rglob("*.py")), ids=lambda path: path.relative_to(SUITES).as_posix()
)
def test_a_suite_imports_public_names_only(path):
    private = [
        (module, name)
        for module, name in imports(path)
        if name not in PUBLIC.get(module, set()) and (path.name, (module, name)) != ("conftest.py", PLUGIN)
    ]

    assert private == []


def test_every_public_tool_exists_and_is_used():
    used = {
        name
        for path in SUITES.rglob("*.py")
        for module, name in imports(path)
        if module == "conformance.testing"
    }

    assert [name for name in testing.__all__ if not hasattr(testing, name)] == []
    assert set(testing.__all__) - used == set(), "unused: remove it from conformance.testing"
