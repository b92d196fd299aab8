"""Paragraphs that fit the width of the terminal, for commands that must start quickly: rich takes longer to import."""

from __future__ import annotations

import shutil
import textwrap


def hanging(start: str, text: str) -> str:
    """`start`, then `text`; the further lines of `text` stand below its first. Words and ids are never broken."""
    width = max(shutil.get_terminal_size().columns, len(start) + 20)
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) or start.rstrip()
