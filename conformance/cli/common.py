"""What the commands share: a parser whose help teaches, and the check of names that a user gives."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from conformance.catalogue import Catalogue
from conformance.model.errors import UsageError

Command = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError for a mistake, so that every mistake is one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def add(
    commands: Any, name: str, run: Command, *, summary: str, teaches: str, examples: Iterable[str]
) -> Parser:
    """Add a command. `teaches` is the sentence that its help opens with, `examples` are whole command lines."""
    shown = "\n".join(f"  {example}" for example in examples)
    parser: Parser = commands.add_parser(
        name,
        help=summary,
        description=teaches,
        epilog=f"example:\n{shown}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=run)
    return parser


def known_change(name: str, catalogue: Catalogue) -> None:
    """Raise UsageError, with what may have been meant, if there is no such change."""
    if name not in catalogue:
        raise UsageError(
            f"there is no change {name!r}{_meant(name, catalogue.changes)} ('docker-conformance list' shows all)"
        )


def known_profile(name: str, catalogue: Catalogue) -> None:
    """Raise UsageError, with what may have been meant, if there is no such profile."""
    if name not in catalogue.profiles:
        meant = _meant(name, catalogue.profiles) or f"; there are {', '.join(catalogue.profiles)}"
        raise UsageError(f"there is no profile {name!r}{meant}")


def _meant(name: str, names: Iterable[str]) -> str:
    known = list(names)
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    tail = name.rpartition("/")[2]
    close += [other for other in known if tail and tail == other.rpartition("/")[2] and other not in close]
    return f"; did you mean {' or '.join(close[:3])}?" if close else ""
