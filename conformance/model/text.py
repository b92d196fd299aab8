"""Amounts and quotations in sentences, and text of a daemon made safe to show."""

from __future__ import annotations

import json
import re
import unicodedata

#: What JSON does not escape by itself: only there can a character be that visible() would replace.
_BEYOND_ASCII = re.compile("[^\x00-\x7e]+")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e"}


def plural(amount: int, noun: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def capitalize(text: str) -> str:
    """`text` with a capital letter first; the others stay."""
    return text[:1].upper() + text[1:]


def visible(text: str, *, lines: bool = False) -> str:
    r"""Make text of a daemon safe to show: what moves a cursor, colours, reorders or hides becomes ``\xNN``.

    With `lines`, line feeds and tabs stay.
    """
    if text.isprintable():  # nearly every text is, and pages are made of megabytes of them
        return text
    return "".join(
        character if (lines and character in "\n\t") or not _is_unsafe(character) else _escape(character)
        for character in text
    )


def _is_unsafe(character: str) -> bool:
    # Cc control, Cf format (bidirectional marks, zero width), Cs surrogate, Co private, Zl and Zp line ends
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _escape(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def one_line(text: str, limit: int = 300) -> str:
    """`text` made visible on one line and cut at `limit` characters."""
    flat = visible(re.sub(r"\s+", " ", text[: 20 * limit]).strip())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def cut(text: str, limit: int) -> str:
    """`text` cut at `limit` characters, with an ellipsis where something is missing."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def escape_json(document: bytes) -> bytes:
    r"""A JSON document with ``\uNNNN`` for each character that visible() would replace. Its value is the same."""
    return _BEYOND_ASCII.sub(_escape_run, document.decode()).encode()


def _escape_run(match: re.Match[str]) -> str:
    return "".join(
        json.dumps(character)[1:-1] if _is_unsafe(character) else character for character in match[0]
    )


def join_words(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def break_name(name: str, width: int) -> list[str]:
    """A name in lines of at most `width` characters, broken behind a hyphen, a slash or a space where that is possible."""
    lines = [""]
    for part in re.split(r"(?<=[-/ ])", name):
        if len(lines[-1]) + len(part) > width and lines[-1]:
            lines.append("  ")
        lines[-1] += part
    return lines
