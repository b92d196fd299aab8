"""The many ways in which one secret can stand in a text: escaped, escaped again, percent-encoded, in Base64, cut short."""

from __future__ import annotations

import base64
import json
import re
from functools import cache

_SHORTEST = 4
#: Where something was cut: by pytest, by us, or at the end.
_CUT = r"(?=\.\.\.|…|['\"] and \d+ bytes|\Z)"
_NAMED = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


@cache
def pattern(secret: str) -> re.Pattern[str]:
    """What finds a secret in a text, and the visible part of one that was cut. Raises ValueError for one that is too short."""
    if len(secret) < _SHORTEST:
        raise ValueError("what is so short stands in every text")
    forms = [_cuttable([_sign(sign) for sign in secret])]
    for form in dict.fromkeys(
        (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    ):
        forms += [_cuttable([_digit(digit) for digit in digits]) for digits in _digits(form)]
    return re.compile("|".join(forms))


def heads(secret: str) -> tuple[str, ...] | None:
    """Texts of which one stands in every text that pattern() finds something in; None if there is no such set."""
    if not (secret[:_SHORTEST] + secret[-_SHORTEST:]).isalnum() or not secret.isascii():
        return None
    ends = [secret[:_SHORTEST], secret[-_SHORTEST:]]
    for digits in _digits(secret):
        if not digits[:_SHORTEST].isalnum() or not digits[-_SHORTEST:].isalnum():
            return None
        ends += [digits[:_SHORTEST], digits[-_SHORTEST:]]
    return tuple(ends)


def _cuttable(signs: list[str]) -> str:
    """The whole, or its begin before a cut, or its end behind one; at least `_SHORTEST` signs."""
    whole = "".join(signs)
    begin = "".join(signs[:_SHORTEST]) + _nested(signs[_SHORTEST:])
    end = _nested(signs[:-_SHORTEST][::-1], reverse=True) + "".join(signs[-_SHORTEST:])
    return rf"{whole}|{begin}{_CUT}|(?<=\.\.\.){end}"


def _nested(signs: list[str], *, reverse: bool = False) -> str:
    """As many of the signs as there are, in their order and without a gap."""
    text = ""
    for sign in reversed(signs):
        text = f"(?:{text}{sign})?" if reverse else f"(?:{sign}{text})?"
    return text


def _sign(sign: str) -> str:
    """A sign of the secret, however often it was escaped on its way."""
    if sign.isascii() and sign.isalnum():
        return sign
    raw = sign.encode("utf-8", "surrogatepass")
    units = sign.encode("utf-16-be", "surrogatepass")
    ways = [
        re.escape(sign),
        "".join(f"%(?:25)*{byte:02x}" for byte in raw),
        "".join(f"%(?:25)*{byte:02X}" for byte in raw),
        r"\\*".join(f"u{units[index]:02x}{units[index + 1]:02x}" for index in range(0, len(units), 2)),
        r"\\*".join(f"x{byte:02x}" for byte in raw),
        re.escape(raw.decode("latin-1")),
    ]
    if sign in _NAMED:
        ways.append(_NAMED[sign])
    if sign == " ":
        ways.append(r"\+")
    return rf"\\*(?:{'|'.join(dict.fromkeys(ways))})"


def _digit(digit: str) -> str:
    """A digit of Base64 in either alphabet, and as it stands in a query."""
    return {"+": "(?:[-+]|%2B)", "/": "(?:[_/]|%2F)"}.get(digit, digit)


def _digits(text: str) -> list[str]:
    """What of Base64 tells a text, whatever stands before and behind it: the digits that it alone decides."""
    found = []
    raw = text.encode("utf-8", "surrogatepass")
    for shift in range(3):
        digits = base64.b64encode(b"\0" * shift + raw).decode()
        inner = digits[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        if len(inner) > _SHORTEST:
            found.append(inner)
    return found
