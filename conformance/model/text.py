"""Amounts in sentences."""

from __future__ import annotations


def plural(amount: int, noun: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{amount} {noun}" if amount == 1 else f"{amount} {noun}s"
