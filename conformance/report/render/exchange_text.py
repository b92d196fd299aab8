"""An exchange of the evidence as lines: the request, the status, the beginning of bodies."""

from __future__ import annotations

import base64
import binascii
import json
import re

from conformance.http import tar
from conformance.http.errors import Malformed
from conformance.model.text import cut, one_line, plural, visible
from conformance.report.evidence import Body, RecordedExchange, RecordedResponse

_LINES = 12
_FLAT = 480
_KINDS = {"file": "file", "dir": "directory", "symlink": "symlink", "link": "hard link"}
_HEADERS = frozenset({"content-type", "location", "x-docker-container-path-stat", "allow"})


def format_exchange(exchange: RecordedExchange, hint: str = "") -> list[tuple[str, str]]:
    """The lines of an exchange with a style for each: ``> `` begins what was sent, ``< `` what was received.

    Of a large JSON object those members are shown whose names occur in `hint`.
    """
    role = "" if exchange.role == "check" else f"   ({visible(exchange.role)})"
    lines = [(f"> {visible(exchange.method)} {visible(exchange.target)}{role}", "bold")]
    lines += [(f"> {text}", "") for text in format_body(exchange.body, hint)]
    if exchange.response is not None:
        lines += _response_lines(exchange.response, hint)
    if exchange.fault:
        lines.append((f"! {one_line(exchange.fault)}", "bold"))
    return lines


def _response_lines(response: RecordedResponse, hint: str) -> list[tuple[str, str]]:
    lines = [(f"< {response.status} {visible(response.reason)}".rstrip(), "bold")]
    for name, value in response.headers:
        if name.lower() in _HEADERS:
            lines.append((f"< {visible(name)}: {one_line(value, 200)}", "dim"))
    lines += [(f"< {text}", "") for text in format_body(response.body, hint)]
    if not response.complete:
        lines.append(("< (not read to its end)", "dim"))
    return lines


def format_body(body: Body | None, hint: str = "", limit: int = _LINES) -> list[str]:
    """A body as at most `limit` lines that say how much was left out; nothing for an empty body."""
    if body is None or not body.length:
        return []
    length = body.length
    if body.text is None:
        return _binary_lines(body.base64 or "", length, limit)
    text = _brief(body.text, hint)
    is_cut = len(body.text.encode("utf-8", "replace")) < length
    lines = visible(text, lines=True).expandtabs(4).splitlines() or [""]
    shown = [cut(line, _FLAT) for line in lines[:limit]]
    if is_cut or len(lines) > limit or any(len(line) > _FLAT for line in lines):
        shown.append(f"... ({length} bytes in all)")
    return shown


def _brief(text: str, hint: str) -> str:
    """JSON on one line; of a large object only the members that `hint` names, if it names any. Other text unchanged."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(document, dict) and len(text) > _FLAT:
        named = set(re.findall(r"\w+", hint))
        kept = {name: value for name, value in document.items() if name in named}
        if kept:
            others = len(document) - len(kept)
            return f"{json.dumps(kept, ensure_ascii=False)} and {plural(others, 'other member')}"
    return json.dumps(document, ensure_ascii=False)


def _binary_lines(encoded: str, length: int, limit: int) -> list[str]:
    """A binary body: the members of a tar archive as far as they are kept, else its first bytes."""
    try:
        data = base64.b64decode(encoded)
    except (binascii.Error, ValueError):
        return [f"({length} bytes, binary)"]
    members = _members(data)
    if not members:
        return [f"({length} bytes, binary: {data[:16].hex(' ')}{' ...' if length > 16 else ''})"]
    shown = [f"(tar of {length} bytes) {one_line(member)}" for member in members[:limit]]
    return [*shown, f"... ({len(members) - limit} members more)"] if len(members) > limit else shown


def _members(data: bytes) -> list[str]:
    """The members of a tar archive up to where it is cut, each like a line of ``ls -l``; empty if it is not an archive."""
    found = []
    try:
        for member, size, _ in tar.entries(data):
            link = f" -> {member.target}" if member.kind in ("symlink", "link") else ""
            kind = _KINDS.get(member.kind, "?")
            found.append(f"{kind} {member.mode:04o} {member.uid}:{member.gid} {size} {member.name}{link}")
    except Malformed:
        pass
    return found
