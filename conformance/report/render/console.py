"""Printing to a terminal or a pipe: paragraphs that fit the width, a few styles, lines that are never broken."""

from __future__ import annotations

import sys
from typing import IO

from rich.console import Console
from rich.text import Text

from conformance.model.verdicts import Verdict
from conformance.report.outcome import Outcome, Standing

STYLES = {
    Verdict.PASS: "green",
    Verdict.UNSERVED: "dim",
    Verdict.UNAVAILABLE: "yellow",
    Verdict.NOT_RUN: "yellow",
    Verdict.BLOCKED: "magenta",
    Verdict.NOT_IMPLEMENTED: "bold red",
    Verdict.FAIL: "bold red",
    Verdict.ERROR: "bold magenta",
}
STANDING_STYLES = {
    Standing.CONFORMANT: "bold green",
    Standing.WAIVED: "bold yellow",
    Standing.NOT_CONFORMANT: "bold red",
    Standing.INCOMPLETE: "yellow",
    Standing.UNKNOWN: "bold magenta",
    Standing.UNSERVED: "dim",
    Standing.UNASKED: "dim",
    Standing.EDGES: "dim",
    Standing.PART: "dim",
}

#: On a terminal of fewer columns what else stands beside a name stands below it.
NARROW = 64


def get_outcome_style(outcome: Outcome) -> str:
    """The style of a sentence that tells an outcome."""
    return {0: "bold green", 1: "bold red"}.get(outcome.code, "bold magenta")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, whose exit codes have a meaning."""
        raise  # rich calls this while it handles the BrokenPipeError


def make_console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console that writes plain text where colour is not wanted (NO_COLOR, a pipe)."""
    return _Console(file=file or sys.stdout, width=width, highlight=False, markup=False, emoji=False)


def print_hanging(out: Console, head: Text, body: Text, *, indent: int = 0) -> None:
    """Print `body` after `head`, wrapped, its further lines below its first."""
    width = len(head.plain) + indent
    for index, row in enumerate(body.wrap(out, max(20, out.width - width), overflow="fold") or [Text()]):
        row.rstrip()
        start = Text(" " * indent) + head if index == 0 else Text(" " * width)
        line = start + row
        line.rstrip()
        out.print(line, no_wrap=True, overflow="ignore", crop=False)


class Printer:
    """Prints paragraphs, headings and named values to a console."""

    def __init__(self, out: Console) -> None:
        self.out = out

    def print_line(self, text: str | Text = "", style: str = "", indent: int = 0) -> None:
        """Print one paragraph."""
        body = text if isinstance(text, Text) else Text(text, style=style)
        print_hanging(self.out, Text(), body, indent=indent)

    def print_verbatim(self, text: str, indent: int = 0) -> None:
        """Print a line that is for copying, unbroken."""
        self.out.print(
            Text(" " * indent + text, style="cyan"),
            no_wrap=True,
            overflow="ignore",
            crop=False,
            soft_wrap=True,
        )

    def print_heading(self, text: str) -> None:
        """Print a heading with room above it."""
        self.print_line()
        self.print_line(text, style="bold")

    def print_field(self, name: str, text: str, style: str = "") -> None:
        """Print a named value."""
        print_hanging(self.out, Text(f"{name}: ", style="dim"), Text(text, style=style), indent=3)
