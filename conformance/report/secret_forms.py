"""The forms in which a secret can stand in a text: escaped, escaped twice, percent-encoded, in Base64, cut short."""

from __future__ import annotations

import base64
import json
import re
from functools import cache

_SHORTEST = 4
#: Where a text was cut: by pytest, by this suite, or at its end.
_CUT = r"(?=\.\.\.|…|['\"] and \d+ bytes|\Z)"
_NAMED = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


@cache
def pattern(secret: str) -> re.Pattern[str]:
    """A pattern that finds a secret in a text, also the visible part of one that was cut. Raises ValueError for a secret of less than four characters."""
    if len(secret) < _SHORTEST:
        raise ValueError("the secret is too short: it would be found in every text")
    forms = [_cuttable([_character(character) for character in secret])]
    for form in dict.fromkeys(
        (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    ):
        forms += [_cuttable([_digit(digit) for digit in digits]) for digits in _digits(form)]
    return re.compile("|".join(forms))


def heads(secret: str) -> tuple[str, ...] | None:
    """Short texts of which at least one stands wherever pattern() matches; None if there is no such set."""
    if not (secret[:_SHORTEST] + secret[-_SHORTEST:]).isalnum() or not secret.isascii():
        return None
    ends = [secret[:_SHORTEST], secret[-_SHORTEST:]]
    for digits in _digits(secret):
        if not digits[:_SHORTEST].isalnum() or not digits[-_SHORTEST:].isalnum():
            return None
        ends += [digits[:_SHORTEST], digits[-_SHORTEST:]]
    return tuple(ends)


def _cuttable(characters: list[str]) -> str:
    """The whole, or its beginning before a cut, or its end after one; at least `_SHORTEST` characters."""
    whole = "".join(characters)
    begin = "".join(characters[:_SHORTEST]) + _nested(characters[_SHORTEST:])
    end = _nested(characters[:-_SHORTEST][::-1], reverse=True) + "".join(characters[-_SHORTEST:])
    return rf"{whole}|{begin}{_CUT}|(?<=\.\.\.){end}"


def _nested(characters: list[str], *, reverse: bool = False) -> str:
    """As many of the characters as are there, in their order and without a gap."""
    text = ""
    for character in reversed(characters):
        text = f"(?:{text}{character})?" if reverse else f"(?:{character}{text})?"
    return text


def _character(character: str) -> str:
    """A character of the secret, escaped any number of times."""
    if character.isascii() and character.isalnum():
        return character
    raw = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass")
    ways = [
        re.escape(character),
        "".join(f"%(?:25)*{byte:02x}" for byte in raw),
        "".join(f"%(?:25)*{byte:02X}" for byte in raw),
        r"\\*".join(f"u{units[index]:02x}{units[index + 1]:02x}" for index in range(0, len(units), 2)),
        r"\\*".join(f"x{byte:02x}" for byte in raw),
        re.escape(raw.decode("latin-1")),
    ]
    if character in _NAMED:
        ways.append(_NAMED[character])
    if character == " ":
        ways.append(r"\+")
    return rf"\\*(?:{'|'.join(dict.fromkeys(ways))})"


def _digit(digit: str) -> str:
    """A digit of Base64 in either alphabet, and as it stands in a query."""
    return {"+": "(?:[-+]|%2B)", "/": "(?:[_/]|%2F)"}.get(digit, digit)


def _digits(text: str) -> list[str]:
    """The Base64 digits that the text alone determines, whatever stands before and after it, for each of the three offsets."""
    found = []
    raw = text.encode("utf-8", "surrogatepass")
    for shift in range(3):
        digits = base64.b64encode(b"\0" * shift + raw).decode()
        inner = digits[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        if len(inner) > _SHORTEST:
            found.append(inner)
    return found
