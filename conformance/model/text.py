"""Amounts and quotations in sentences."""

from __future__ import annotations


def plural(amount: int, noun: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"


def shorten(text: str, limit: int = 200) -> str:
    """`text` on one line, at most `limit` characters long; a longer one ends with an ellipsis."""
    text = " ".join(text[: 20 * limit].split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
