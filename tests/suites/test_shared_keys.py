"""What two modules share under one key is made in the same way: the first that asks decides what the other gets."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable

from suite_files import SUITES


def find_makers(source: str, place: str) -> Iterable[tuple[str, str]]:
    """Each literal key under which a module shares something, with its environment; and how it is made.

    A function that has a name is another one in each module.
    """
    for call in ast.walk(ast.parse(source)):
        if not (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "share"
            and len(call.args) == 2
        ):
            continue
        key, make = call.args
        if isinstance(key, ast.Tuple):
            key = key.elts[0]
        if isinstance(key, ast.Constant):
            how = ast.unparse(make) if isinstance(make, ast.Lambda) else f"{place}: {ast.unparse(make)}"
            yield f"{ast.unparse(call.func.value)}.share({ast.unparse(key)})", how


def find_clashes(sources: dict[str, str]) -> list[str]:
    """The keys under which different modules make different things."""
    makers: dict[str, set[str]] = defaultdict(set)
    places: dict[str, set[str]] = defaultdict(set)
    for place, source in sources.items():
        for key, how in find_makers(source, place):
            makers[key].add(how)
            places[key].add(place)
    return [key for key in makers if len(places[key]) > 1 and len(makers[key]) > 1]


def test_no_key_is_shared_by_modules_that_make_different_things():
    assert find_clashes({str(path): path.read_text(encoding="utf-8") for path in SUITES.rglob("*.py")}) == []


def test_a_clash_would_be_found():
    first, second = "env.share('volume', lambda: make(1))", "env.share(('volume', 2), make)"

    assert find_clashes({"a": first, "b": second}) == ["env.share('volume')"]
    assert find_clashes({"a": first, "b": first}) == []
    assert find_clashes({"a": second, "b": second}) == ["env.share('volume')"]
