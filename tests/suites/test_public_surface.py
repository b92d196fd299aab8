"""Suites use the documented surface only: the package's root, conformance.testing and fixtures."""

import ast
from functools import cache

from suite_files import SUITES, find_in_files

import conformance
from conformance import testing

PUBLIC = {"conformance": set(conformance.__all__), "conformance.testing": set(testing.__all__)}
#: The conftest starts the plugin, and nothing else does.
PLUGIN = ("conformance.runner.plugin", "activate")


@cache
def imports(path):
    """Each name that a file imports from the library, with its module."""
    return list(find_imports(path))


def find_imports(path):
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


def private_imports(path):
    """What a file imports from the library and may not."""
    return [
        (module, name)
        for module, name in imports(path)
        if name not in PUBLIC.get(module, set()) and (path.name, (module, name)) != ("conftest.py", PLUGIN)
    ]


def test_a_suite_imports_public_names_only():
    assert find_in_files(private_imports, "*.py") == {}


def test_a_private_name_would_be_found(tmp_path):
    path = tmp_path / "test_it.py"
    path.write_text(
        "import conformance.http\nfrom conformance import since\nfrom conformance.http.tar import read\n"
    )

    assert private_imports(path) == [("conformance.http", ""), ("conformance.http.tar", "read")]


def test_every_public_tool_exists_and_is_used():
    used = {
        name
        for path in SUITES.rglob("*.py")
        for module, name in imports(path)
        if module == "conformance.testing"
    }

    assert [name for name in testing.__all__ if not hasattr(testing, name)] == []
    assert set(testing.__all__) - used == set(), "unused: remove it from conformance.testing"
