"""Assertions that pytest has rewritten, in one plain line: ``assert 500 == 400`` becomes "expected status 400, got 500".

The values come from pytest's text, their names from the source of the assertion. A message that the check writes itself comes
first.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path
from types import TracebackType

_CLAIM = "assert "
#: The sign of each comparison, and what it expects of the value that is compared with `other`.
_COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "{other}"),
    ast.Is: ("is", "{other}"),
    ast.NotEq: ("!=", "anything but {other}"),
    ast.IsNot: ("is not", "anything but {other}"),
    ast.Lt: ("<", "less than {other}"),
    ast.LtE: ("<=", "at most {other}"),
    ast.Gt: (">", "more than {other}"),
    ast.GtE: (">=", "at least {other}"),
    ast.In: ("in", "one of {other}"),
    ast.NotIn: ("not in", "none of {other}"),
}
#: What a comparison with a constant on the left expects of the value on its right.
_OF_THE_RIGHT: dict[type[ast.cmpop], str] = {
    ast.Eq: "{other}",
    ast.In: "{other} in it",
    ast.NotIn: "no {other} in it",
}
#: How pytest shows the value that ``isinstance`` was asked about.
_INSTANCE = re.compile(r"where False = isinstance\((?P<value>.*), [^,]*\)")
_ABSENT, _NO_MEMBER = "ABSENT", "no such member"
#: What a comparison expects of a value that is compared with a member that is not there.
_BESIDE_ABSENT = {"{other}": _NO_MEMBER, "anything but {other}": "a member"}
_LONGEST_NAME = 60


def describe_assertion(error: AssertionError) -> str:
    """The message of a failed assertion in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    place = next((place for place, line in enumerate(lines) if line.startswith(_CLAIM)), None)
    if place is None:
        return lines[0] if lines else "an assertion failed"
    text, where = lines[place].removeprefix(_CLAIM), " ".join(lines[place + 1 :])
    claim = _find_claim(error.__traceback__)
    sentence, value = _describe_claim(text, where, claim)
    if place == 0:
        return sentence
    is_told = value in lines[0] or not isinstance(claim, ast.Compare)
    return lines[0] if is_told else f"{lines[0]} ({sentence})"


def _describe_claim(text: str, where: str, claim: ast.expr | None) -> tuple[str, str]:
    """A sentence for a claim, and the value that came; `text` and `where` are what pytest shows of the claim."""
    match claim:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            sign, expected = _COMPARISONS[type(operator)]
            values = text.split(f" {sign} ")
            if len(values) == 2:
                if isinstance(left, ast.Constant) and type(operator) in _OF_THE_RIGHT:
                    return _compare(right, _OF_THE_RIGHT[type(operator)], values[0], values[1])
                return _compare(left, expected, values[1], values[0])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = text.removeprefix("not ")
            return f"{_name(operand)}expected nothing, got {value}", value
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, kind]):
            if found := _INSTANCE.search(where):
                return f"{_name(subject)}expected {ast.unparse(kind)}, got {found['value']}", found["value"]
        case ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript():
            return f"{_name(claim)}expected a true value, got {text}", text
    return f"not true: {text}", text


def _compare(subject: ast.expr, expected: str, other: str, value: str) -> tuple[str, str]:
    wanted = (_BESIDE_ABSENT.get(expected) if other == _ABSENT else None) or expected.format(other=other)
    value = _NO_MEMBER if value == _ABSENT else value
    if isinstance(subject, ast.Attribute) and subject.attr == "status":
        return f"expected status {wanted}, got {value}", value
    return f"{_name(subject)}expected {wanted}, got {value}", value


def _name(subject: ast.expr) -> str:
    """The name of a value, with a colon after it; "" if its source is too long for a name."""
    match subject:
        case ast.Call(func=ast.Name(id="at"), args=[_, *path]) if path and all(map(_is_text, path)):
            name = ".".join(str(part.value) for part in path if isinstance(part, ast.Constant))
        case ast.Constant():
            return ""
        case _:
            name = ast.unparse(subject)
    return f"{name}: " if len(name) <= _LONGEST_NAME else ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _find_claim(traceback: TracebackType | None) -> ast.expr | None:
    """The claim of the assertion that ended the traceback; None if its source cannot be read."""
    if traceback is None:
        return None
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    line = traceback.tb_lineno
    for claim in _find_assertions(traceback.tb_frame.f_code.co_filename):
        if claim.lineno <= line <= (claim.end_lineno or claim.lineno):
            return claim.test
    return None


@lru_cache(maxsize=32)
def _find_assertions(path: str) -> list[ast.Assert]:
    try:
        tree = ast.parse(Path(path).read_text("utf-8"))
    except (OSError, SyntaxError, ValueError):
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
