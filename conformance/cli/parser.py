"""The parser of the command line: help that teaches, arguments that several commands share, and names that users misspell."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from conformance.catalogue.nouns import NOUNS
from conformance.cli.commands import SUMMARIES
from conformance.model.errors import UsageError
from conformance.runner.options import OPTIONS

if TYPE_CHECKING:
    from conformance.catalogue import Catalogue
    from conformance.report.outcome import Strictness

Command = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError for a mistake, so that every mistake is one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse the arguments."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def add_command(
    commands: Any, name: str, execute: Command, *, description: str, examples: Iterable[str]
) -> Parser:
    """Add a command to the subparsers `commands`; `examples` are whole command lines."""
    shown = "\n".join(f"  {example}" for example in examples)
    parser: Parser = commands.add_parser(
        name,
        help=SUMMARIES[name],
        description=description,
        epilog=f"example:\n{shown}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=execute)
    return parser


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add REPORT, the path of a report."""
    parser.add_argument(
        "report", metavar="REPORT", type=Path, help="a report that 'docker-conformance run' wrote"
    )


def add_output(parser: argparse.ArgumentParser, *, or_stdout: bool = False, what: str = "the file") -> None:
    """Add ``--output``; it is required, but where the text goes to stdout without it. `what` is named in its help."""
    parser.set_defaults(writes=("output",))
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=not or_stdout,
        help=f"{what} to write, whole or not at all{' (default stdout)' if or_stdout else ''}",
    )


def add_strictness(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``run`` that count legacy cases and contested deviations."""
    _add_of_run(parser, "--strict-legacy", "--strict-contested")


def strictness(options: argparse.Namespace) -> Strictness:
    """What the options of add_strictness() count."""
    from conformance.report.outcome import Strictness  # only what judges a report pays for its modules

    return Strictness(legacy=options.strict_legacy, contested=options.strict_contested)


def add_target(parser: argparse.ArgumentParser, *, private: bool = True) -> None:
    """Add the options of ``run`` that choose the daemon; `private`: also a build to start."""
    build = ("--dockerd", "--registry") if private else ()
    _add_of_run(parser, "--host", *build, "--tlscacert", "--tlscert", "--tlskey")


def _add_of_run(parser: argparse.ArgumentParser, *flags: str) -> None:
    for option in OPTIONS:
        if option.flag in flags:
            parser.add_argument(*option.flags, **option.keywords)


def check_change(name: str, catalogue: Catalogue) -> None:
    """Raise UsageError, with suggestions, if the catalogue has no such statement."""
    if name not in catalogue:
        meant = suggest(name, catalogue.changes)
        raise UsageError(f"unknown statement {name!r}{meant} ('docker-conformance list' shows all)")


def check_profile(name: str, catalogue: Catalogue) -> None:
    """Raise UsageError, with suggestions, if the catalogue has no such profile."""
    if name not in catalogue.profiles:
        meant = suggest(name, catalogue.profiles) or f"; there are {', '.join(catalogue.profiles)}"
        raise UsageError(f"unknown profile {name!r}{meant}")


def check_noun(noun: str) -> None:
    """Raise UsageError, with suggestions, if no statement can be about `noun`."""
    if noun not in NOUNS:
        meant = suggest(noun, NOUNS) or f"; there are {', '.join(NOUNS)}"
        raise UsageError(f"--noun: unknown noun {noun!r}{meant}")


def suggest(name: str, known: Iterable[str]) -> str:
    """``"; did you mean A or B?"`` with the names that are close to `name`; "" if none is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    tail = name.rpartition("/")[2]
    close += [other for other in names if tail and tail == other.rpartition("/")[2] and other not in close]
    return f"; did you mean {' or '.join(close[:3])}?" if close else ""
