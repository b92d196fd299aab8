"""Assertions that pytest has rewritten, in one plain line: ``assert 500 == 400`` becomes "expected status 400, got 500".

The values come from pytest's text, their names from the source of the assertion. A message that the check writes itself comes
first.
"""

from __future__ import annotations

import ast
import re
from datetime import datetime
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
    ast.NotEq: "anything but {other}",
}
#: The comparison that is true where the other one is not.
_OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.In: ast.NotIn,
    ast.Is: ast.IsNot,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
}
_OPPOSITES |= {opposite: operator for operator, opposite in _OPPOSITES.items()}
#: What a value is called that has no name, by the first character that pytest shows of it.
_CONTAINERS = {"[": "the list", "{": "the object", "(": "the list", "'": "the text", '"': "the text"}
_EMPTY = frozenset({"[]", "{}", "()", "set()", "frozenset()", "''", '""'})
_VIEW = re.compile(r"dict_(?:items|keys|values)\((.*?)\)(?=$|[, ])")
_TYPES = {
    "bool": "a boolean",
    "bytes": "bytes",
    "dict": "an object",
    "float": "a number",
    "int": "an integer",
    "list": "an array",
    "str": "a string",
}
#: How pytest shows the text or the pattern whose method was called, and the text that a pattern was held against.
_METHOD = re.compile(r"where <built-in method \w+ of \w+ object at \w+> = (?P<value>.*)\.\w+$")
_MATCH = re.compile(
    r"where None = <built-in method \w+ of re\.Pattern object at \w+>\((?P<value>.*?)\)(?: \+|$)"
)
_ENDS = {"startswith": "a text that starts with", "endswith": "a text that ends with"}
#: What a comparison of order with the value on its right expects of that value.
_MIRRORED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "more than {other}"),
    ast.LtE: ("<=", "at least {other}"),
    ast.Gt: (">", "less than {other}"),
    ast.GtE: (">=", "at most {other}"),
}
#: How pytest shows the value that ``isinstance`` was asked about.
_INSTANCE = re.compile(r"where False = isinstance\((?P<value>.*), (?:\w+|\(<class .*\))\)")
_ABSENT, _NO_MEMBER = "ABSENT", "no such member"
#: What a comparison expects of a value that is compared with a member that is not there.
_BESIDE_ABSENT = {"{other}": _NO_MEMBER, "anything but {other}": "a member"}
_LONGEST_SOURCE = 60
#: Functions whose first argument is a document and whose others are a path in it.
_READERS = frozenset({"at", "assert_type"})
#: Functions and methods that change the form of a value, not what it is called.
_CONVERSIONS = frozenset(
    {
        "array",
        "bool",
        "decode",
        "dict",
        "float",
        "frozenset",
        "int",
        "items",
        "json",
        "keys",
        "known",
        "list",
        "lower",
        "parse_time",
        "set",
    }
    | {"sorted", "split", "splitlines", "str", "strip", "tuple", "values"}
)
#: The verbs with which the names of functions begin.
_VERB = re.compile(r"^(find|get|list|parse|read)_")
#: How pytest shows sets and views of dictionaries.
_SETS = ("{", "set(", "frozenset(", "dict_items(", "dict_keys(")
_WORDS = {"stdout": "standard output", "stderr": "standard error"}
_BYTES = re.compile(r"(?<![\w'\"])b(?=['\"])")
_DATE = re.compile(r"datetime\.datetime\(([\d, ]+)(?:, tzinfo=[\w.]+)?\)")


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
    if _is_value(lines[0]):
        return f"{sentence.partition(', got ')[0]}, got {_simplify(lines[0])}"
    adds_nothing = value == "None" or value in lines[0] or not isinstance(claim, ast.Compare)
    return lines[0] if adds_nothing else f"{lines[0]} ({sentence})"


def _is_value(message: str) -> bool:
    """Whether a message is not a sentence, but a value that pytest shows for it."""
    try:
        ast.literal_eval(message)
    except (ValueError, SyntaxError):
        return message.startswith(("[", "{", "(")) and message.endswith("...]")
    return True


def _describe_claim(text: str, where: str, claim: ast.expr | None) -> tuple[str, str]:
    """A sentence for a claim, and the value that came; `text` and `where` are what pytest shows of the claim."""
    match claim:
        case ast.Compare():
            if found := _describe_comparison(text, claim):
                return found
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = text.removeprefix("not ")
            wanted = "False" if value == "True" else "nothing"
            return _say(operand, f"expected {wanted}, got {value}"), value
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, kind]):
            if shown := _INSTANCE.search(where):
                return _say(subject, f"expected {_name_types(kind)}, got {shown['value']}"), shown["value"]
        case ast.Call(func=ast.Name(id="is_in_order"), args=[subject, order]):
            return _say(subject, f"expected {ast.unparse(order)} in this order, got another one"), text
        case ast.Call(func=ast.Attribute()):
            return _describe_method(where, claim) or _describe_truth(text, claim)
        case ast.Call(
            func=ast.Name(id="all" | "any" as name), args=[ast.GeneratorExp(elt=each, generators=[rows])]
        ):
            amount = "every" if name == "all" else "some"
            return f"expected {ast.unparse(each)} for {amount} {ast.unparse(rows)[5:]}", text
        case ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript():
            return _describe_truth(text, claim)
    return f"not true: {text}", text


def _describe_truth(text: str, claim: ast.expr) -> tuple[str, str]:
    """A sentence for a claim that is a value itself."""
    wanted = "True" if text == "False" else "a value"
    return _say(claim, f"expected {wanted}, got {text}"), text


def _describe_method(where: str, claim: ast.Call) -> tuple[str, str] | None:
    """A sentence for a method of a text or of a pattern that is asked about a text."""
    match claim:
        case ast.Call(
            func=ast.Attribute(value=subject, attr="startswith" | "endswith" as method), args=[end]
        ):
            shown, wanted = _METHOD.search(where), f"{_ENDS[method]} {ast.unparse(end)}"
        case ast.Call(func=ast.Attribute(value=pattern, attr="match" | "fullmatch"), args=[*_, subject]):
            shown, wanted = _MATCH.search(where), f"a match of {ast.unparse(pattern)}"
        case _:
            return None
    if shown is None:
        return None
    return _say(subject, _simplify(f"expected {wanted}, got {shown['value']}")), shown["value"]


def _describe_comparison(text: str, claim: ast.Compare) -> tuple[str, str] | None:
    match claim:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            if found := _describe_nested(text, left, type(operator)):
                return found
            sign, _ = _COMPARISONS[type(operator)]
            values = text.split(f" {sign} ")
            return _describe_pair(left, type(operator), right, values) if len(values) == 2 else None
        case ast.Compare(ops=[first, second], comparators=[middle, _]) if type(first) in _MIRRORED:
            return _describe_chain(text, middle, type(first), type(second))
    return None


def _describe_nested(text: str, left: ast.expr, operator: type[ast.cmpop]) -> tuple[str, str] | None:
    """A sentence for ``(a != b) is flag`` and the like: what the inner comparison shows, if its values are known."""
    match left:
        case ast.Compare(left=subject, ops=[inner], comparators=[other]) if operator in (ast.Is, ast.Eq):
            sign, _ = _COMPARISONS[type(inner)]
            outer, _ = _COMPARISONS[operator]
            shown = re.fullmatch(
                rf"\((?P<left>.*) {re.escape(sign)} (?P<right>.*)\) {outer} (?P<flag>True|False)", text
            )
            if shown is None or f" {sign} " in shown["left"]:
                return None
            wanted = type(inner) if shown["flag"] == "True" else _OPPOSITES[type(inner)]
            return _describe_pair(subject, wanted, other, [shown["left"], shown["right"]])
    return None


def _describe_pair(
    left: ast.expr, operator: type[ast.cmpop], right: ast.expr, values: list[str]
) -> tuple[str, str]:
    """A sentence for a comparison of two values, which pytest shows as `values`."""
    if operator in (ast.In, ast.NotIn) and not _is_choice(right, values[1]):
        return _describe_membership(operator, right, *values)
    if operator is ast.LtE and values[1].startswith(_SETS):
        return _say(right, f"expected at least {_simplify(values[0])}, got {_simplify(values[1])}"), values[1]
    of_the_right = {kind: said for kind, (_, said) in _MIRRORED.items()} | _OF_THE_RIGHT
    if isinstance(left, ast.Constant) and operator in of_the_right:
        return _compare(right, of_the_right[operator], values[0], values[1])
    if operator is ast.IsNot and values[1] == "None":
        return _compare(left, "a value", values[1], values[0])
    _, expected = _COMPARISONS[operator]
    return _compare(left, expected, values[1], values[0])


def _is_choice(container: ast.expr, shown: str) -> bool:
    """Whether a container holds the values that a document allows, and not what a daemon sent."""
    match container:
        case ast.Tuple() | ast.List() | ast.Set():
            return True
        case ast.Name(id=name) if name.isupper():
            return True
    return shown.startswith("(") and shown != "()"


def _describe_membership(
    operator: type[ast.cmpop], container: ast.expr, item: str, shown: str
) -> tuple[str, str]:
    """A sentence for a value that is looked for in what came."""
    came = _simplify(shown)
    if isinstance(container, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        container = container.generators[0].iter
    place = _name(container) or _CONTAINERS.get(came[:1], "what came")
    wanted = f"no {_simplify(item)}" if operator is ast.NotIn else _simplify(item)
    return f"expected {wanted} in {place}, got {'nothing' if came in _EMPTY else came}", shown


def _name_types(kind: ast.expr) -> str:
    """The types of ``isinstance`` in the words of JSON."""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return " or ".join(_TYPES.get(name := ast.unparse(one), name) for one in kinds)


def _describe_chain(
    text: str, middle: ast.expr, first: type[ast.cmpop], second: type[ast.cmpop]
) -> tuple[str, str] | None:
    """A sentence for ``a < middle < b``: pytest shows the first of the two comparisons that is not true."""
    sign, expected = _MIRRORED[first]
    other_sign, other_expected = _COMPARISONS[second]
    values, others = text.split(f" {sign} "), text.split(f" {other_sign} ")
    if len(values) == 2 and sign == other_sign:
        said = f"expected {values[0]} to be {other_expected.format(other=values[1])}"
        return _say(middle, said), values[0]
    if len(values) == 2:
        return _compare(middle, expected, values[0], values[1])
    if len(others) == 2:
        return _compare(middle, other_expected, others[1], others[0])
    return None


def _compare(subject: ast.expr, expected: str, other: str, value: str) -> tuple[str, str]:
    if isinstance(subject, ast.Tuple) and (pair := _find_difference(subject, other, value)):
        subject, other, value = pair
    if isinstance(subject, ast.Compare) and (name := _name(subject)) and {other, value} == {"True", "False"}:
        said = f"{name}, got a list without it" if other == "True" else f"no {name}, got a list with it"
        return f"expected {said}", value
    shown = _NO_MEMBER if value == _ABSENT else _simplify(value)
    wanted = (_BESIDE_ABSENT.get(expected) if other == _ABSENT else None) or expected.format(
        other=_simplify(other)
    )
    if isinstance(subject, ast.Attribute) and subject.attr == "status":
        return f"expected status {wanted}, got {shown}", value
    return _say(subject, f"expected {wanted}, got {shown}"), value


def _find_difference(subject: ast.Tuple, other: str, value: str) -> tuple[ast.expr, str, str] | None:
    """The first part of a tuple that is not as expected, with what was expected and what came, as text."""
    try:
        wanted, came = ast.literal_eval(other), ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return None
    if not (
        isinstance(wanted, tuple)
        and isinstance(came, tuple)
        and len(wanted) == len(came) == len(subject.elts)
    ):
        return None
    rows = zip(subject.elts, wanted, came, strict=True)
    return next(((part, repr(one), repr(two)) for part, one, two in rows if one != two), None)


def _simplify(value: str) -> str:
    """A value of Python without what only Python needs: the sign of bytes, the view of a dictionary, the constructor of a date."""
    return _DATE.sub(_format_date, _BYTES.sub("", _VIEW.sub(r"\1", value)))


def _format_date(match: re.Match[str]) -> str:
    return str(datetime(*map(int, match[1].split(","))))  # type: ignore[arg-type]


def _say(subject: ast.expr, sentence: str) -> str:
    """A sentence about a value: with its name in front, or with its source behind where it has no name in words."""
    if name := _name(subject):
        return f"{name}: {sentence}"
    source = "" if isinstance(subject, ast.Constant) else ast.unparse(subject)
    return f"{sentence} ({source})" if 0 < len(source) <= _LONGEST_SOURCE else sentence


def _name(subject: ast.expr) -> str:
    """What a value is called: the path of a member, or the name of a variable, an attribute or a function; "" for code."""
    match subject:
        case ast.Call(func=ast.Name(id=reader), args=[_, *path]) if reader in _READERS and path:
            return ".".join(_parts(path))
        case ast.Call(func=ast.Name(id="len"), args=[inside]):
            return f"number of {name}" if (name := _name(inside)) else ""
        case ast.Call(func=ast.Name(id=name), args=[inside, *_]) if name in _CONVERSIONS:
            return _name(inside)
        case ast.Call(func=ast.Attribute(value=inside, attr=name)) if name in _CONVERSIONS:
            return _name(inside)
        case ast.Call(func=ast.Attribute(attr="header" | "get"), args=[ast.Constant(value=str(name)), *_]):
            return name
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return _VERB.sub("", name).replace("_", " ")
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return _WORDS.get(name, name.replace("_", " "))
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name if len(name) < _LONGEST_SOURCE else ""
        case ast.Subscript(value=inside):
            return _name(inside)
        case ast.Compare(left=ast.Name() as left, ops=[ast.In()], comparators=[ast.Name() as right]):
            return f"{_name(left)} in {_name(right)}"
    return ""


def _parts(path: list[ast.expr]) -> list[str]:
    """The parts of a path that its source shows; those of variables are left out, and so is the type of a check."""
    shown: list[str] = []
    for part in path:
        if isinstance(part, ast.Tuple):
            shown += _parts(part.elts)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            shown.append(part.value)
    return shown


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
