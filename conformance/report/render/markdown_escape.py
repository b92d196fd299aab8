"""Text made safe for Markdown as GitHub and GitLab show it: no markup, no mention, no reference, no broken table."""

from __future__ import annotations

import re

from conformance.model.text import one_line, visible

LIMIT = 60_000  # bytes; a comment on GitHub holds 65536 characters

# "&" first; "@" and "#" would notify people and link issues, "~" and "=" start marks, "$" starts mathematics
_MARKUP = {ord(character): f"&#{ord(character)};" for character in "&<>\\`*_[]|~@#!$"}
_LINK = re.compile(r"(https?|ftp|www)([:.])", re.IGNORECASE)


def text(raw: str, limit: int = 300) -> str:
    """`raw` on one line, shown literally, also inside a table."""
    escaped = one_line(raw, limit).translate(_MARKUP)
    return _LINK.sub(lambda match: f"{match[1]}&#{ord(match[2])};", escaped)


def code(raw: str, limit: int = 2000) -> str:
    """`raw` as code on one line, also inside a table."""
    return f"<code>{text(raw, limit)}</code>" if raw else ""


def block(raw: str, language: str = "") -> str:
    """`raw` as a block of code, its lines kept."""
    shown = visible(raw, lines=True)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    """The lines of a table; the cells are Markdown already."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def fit(lines: list[str], limit: int = LIMIT) -> str:
    """The lines as one text of less than `limit` bytes; lines that do not fit are left out at the end, with a note."""
    whole = "\n".join(lines) + "\n"
    if len(whole.encode()) < limit:
        return whole
    kept, size = 0, 200  # room for the last sentence
    for line in lines:
        size += len(line.encode()) + 1
        if size >= limit:
            break
        kept += 1
    shown = lines[:kept]
    if sum(line.startswith("```") for line in shown) % 2:
        shown.append("```")
    shown += ["</details>"] * (
        sum(line == "</details>" or line.startswith("<details>") for line in shown) % 2
    )
    return "\n".join([*shown, "", f"Cut here: {len(lines) - kept} more lines. The report has all.", ""])
