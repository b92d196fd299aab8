"""A reason in one short line: what was expected and what came stay, the rest is left out as far as the width asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conformance.model.text import cut, one_line

_EXPECTED = re.compile(r"(?:(?P<name>[^:]{1,60}): )?expected (?P<wanted>.+?), got (?P<came>.+)")
#: A status with the daemon's message behind it.
_STATUS = re.compile(r"\d{3}(?=: )")
#: What came as code, behind the sentence.
_SOURCE = re.compile(r" \([^()]*(?:\([^()]*\)[^()]*)*\)$")
_LINE_END = re.compile(r"(?:\\n)+(?=['\"]$)")
#: A value that is looked for in a list: the list need not be shown.
_AMONG = re.compile(r"(?P<item>'[^']*'|\w+) in (?P<place>[\w ]+)")
#: What was waited for is said by the statement.
_TIMEOUT = re.compile(r"(timed out after \S+ s) waiting for .*")
_ABSENT = "no such member"
#: Characters of a daemon's message that are worth to be shown, where not all of it fits.
_LEAST_MESSAGE = 20


def fit_reason(reason: str, width: int) -> str:
    """A reason in at most `width` characters."""
    line = one_line(reason, 1000)
    if len(line) > width and (late := _TIMEOUT.fullmatch(line)):
        return cut(late[1], width)
    found = _EXPECTED.fullmatch(line)
    if len(line) <= width or found is None:
        return cut(line, width)
    name, wanted, came = found["name"] or "", found["wanted"], found["came"]
    shown = next((text for text in _shorten(name, wanted, came) if len(text) <= width), "")
    if shown and line.startswith(shown) and width - len(shown) >= _LEAST_MESSAGE:
        return cut(line, width)
    return shown or _cut_both(_shorten_value(wanted), _shorten_value(came), width)


def _shorten(name: str, wanted: str, came: str) -> Iterator[str]:
    """The same sentence, shorter and shorter."""
    last = name.rpartition(".")[2]
    value = _shorten_value(came)
    among = None if name else _AMONG.fullmatch(wanted)
    for subject in dict.fromkeys((name, last)):
        yield f"{subject}: expected {wanted}, got {value}" if subject else f"expected {wanted}, got {value}"
    if among is not None:
        yield f"expected {wanted}"
        yield f"no {among['item']} in {among['place']}"
        yield f"no {among['item']}"
    if last and value == _ABSENT:
        yield f"expected {last}, got {_ABSENT}"
        yield f"{last} is missing"
    if last and wanted == _ABSENT:
        yield f"expected no {last}, got {value}"
        yield f"expected no {last}"
    if value != _ABSENT:
        yield f"expected {wanted}, got {value}"
        yield f"expected {wanted.removeprefix('status ')}, got {value}"


def _shorten_value(came: str) -> str:
    status = _STATUS.match(came)
    return status[0] if status else _LINE_END.sub("", _SOURCE.sub("", came))


def _cut_both(wanted: str, came: str, width: int) -> str:
    """Both values cut, so that something of each is seen."""
    room = max(width - len("expected , got "), 2)
    first = min(len(wanted), max(room - len(came), (room + 1) // 2))
    return cut(f"expected {cut(wanted, first)}, got {came}", width)
