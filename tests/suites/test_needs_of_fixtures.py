"""A check whose fixtures need something of the host declares the need: without it the case is unavailable, not an error."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from suite_files import SUITES, find_in_files

from conformance.catalogue import load
from conformance.model.cases import Side

#: Fixtures that exist only where a need is met.
NEEDED = {"registry": "registry", "emulated_registry": "registry-emulator"}


def decorations(function: ast.FunctionDef) -> Iterator[tuple[str, list[str]]]:
    """The decorators of a function: the last part of the name, and the strings that it gets."""
    for one in function.decorator_list:
        call = one.func if isinstance(one, ast.Call) else one
        values = one.args if isinstance(one, ast.Call) else []
        name = call.attr if isinstance(call, ast.Attribute) else call.id if isinstance(call, ast.Name) else ""
        yield name, [value.value for value in values if isinstance(value, ast.Constant)]


def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]


def fixtures_among(found: list[ast.FunctionDef]) -> dict[str, list[str]]:
    """The fixtures among functions, with those that each asks for."""
    return {
        function.name: [argument.arg for argument in function.args.args]
        for function in found
        if "fixture" in dict(decorations(function))
    }


@cache
def shared_fixtures() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in (SUITES / "fixtures").glob("*.py"):
        found |= fixtures_among(functions(path))
    return found


def closure(names: list[str], known: dict[str, list[str]]) -> set[str]:
    """The fixtures that are needed for `names`, with those that they need themselves."""
    found: set[str] = set()
    while names:
        name, *names = names
        if name not in found:
            found.add(name)
            names += known.get(name, [])
    return found


def undeclared(path: Path) -> list[str]:
    """The checks of a file that use a fixture without declaring what it needs."""
    own = functions(path)
    known = {**shared_fixtures(), **fixtures_among(own)}
    wrong = []
    for function in own:
        marks = list(decorations(function))
        statements = [values[0] for name, values in marks if name in set(Side)]
        used = closure([argument.arg for argument in function.args.args], known)
        declared = {value for name, values in marks if name == "needs" for value in values}
        for statement in statements:
            missing = {NEEDED[name] for name in used if name in NEEDED}
            missing -= declared | set(load()[statement].needs)
            wrong += [f"{statement}::{function.name}: {need}" for need in sorted(missing)]
    return wrong


def test_a_check_declares_what_its_fixtures_need():
    assert find_in_files(undeclared) == {}


def test_the_rule_sees_through_fixtures(tmp_path):
    path = tmp_path / "test_it.py"
    path.write_text(
        "@pytest.fixture\ndef names(pullable_images): ...\n"
        '@since("1.19/info-booleans")\ndef test_it(api, names): ...\n'
        '@since("1.19/info-booleans")\n@pytest.mark.needs("registry")\ndef test_that(api, names): ...\n'
    )

    assert undeclared(path) == ["1.19/info-booleans::test_it: registry"]
