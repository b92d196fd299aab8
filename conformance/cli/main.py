"""``docker-conformance``: reads the command line, runs a command, turns a mistake into one line and an exit code."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import IO, Any, NoReturn

import conformance
from conformance.cli.commands import SUMMARIES, registrar
from conformance.cli.parser import Parser, suggest
from conformance.cli.signals import interruptible
from conformance.model.errors import CatalogueError, DaemonFault, Interrupted, Unreachable, UsageError
from conformance.model.text import visible

_CODES = ((UsageError, 2), (CatalogueError, 2), (Interrupted, 3), (Unreachable, 4), (DaemonFault, 4))


def build_parser(names: Iterable[str] = SUMMARIES) -> Parser:
    """The parser of the whole command line. The commands in `names` have their arguments, the others only a summary."""
    top = Parser(
        prog="docker-conformance",
        description="Does this container daemon speak the Docker Remote API as documented? An answer per version, with proof.",
        epilog="'docker-conformance COMMAND --help' has an example of each.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action=_Version, help="show the version of the suite and exit")
    commands = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for name, summary in SUMMARIES.items():
        if name in names:
            registrar(name)(commands)
        else:
            commands.add_parser(name, help=summary)
    return top


class _Version(argparse.Action):
    """Print the version; it is looked up only then, since that takes longer than the rest of the start."""

    def __init__(self, option_strings: Sequence[str], dest: str, **keywords: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **keywords)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        sys.stdout.write(f"docker-conformance {conformance.version()}\n")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. A user's mistake is one line on stderr, never a traceback."""
    _prepare_streams()
    try:
        with interruptible():
            code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except tuple(kind for kind, _ in _CODES) as error:
        _complain(str(error))
        return next(code for kind, code in _CODES if isinstance(error, kind))
    except KeyboardInterrupt as interrupt:
        _complain("interrupted")
        return next(iter(interrupt.args), 130)
    except OSError as error:
        if error.errno == errno.EPIPE or _hung_up(sys.stdout):  # the reader has gone
            _silence(sys.stdout)
            return 141
        _silence(sys.stdout)
        _complain(f"cannot go on: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return 3
    return code


def _run(argv: list[str]) -> int:
    rest: list[str] = []
    if "--" in argv:
        place = argv.index("--")
        argv, rest = argv[:place], argv[place + 1 :]
    options = build_parser(_chosen(argv)).parse_args(argv)
    if rest and not hasattr(options, "pytest"):
        raise UsageError(f"only 'run' takes arguments after --: {' '.join(rest)}")
    if rest:
        options.pytest = rest
    if hasattr(options, "writes"):
        from conformance.cli.files import check_outputs  # only what writes files pays for their module

        check_outputs(options)
    code: int = options.command(options)
    return code


def _chosen(argv: list[str]) -> list[str]:
    """The command that `argv` names, alone in a list; raises UsageError for one that does not exist."""
    name = next((word for word in argv if not word.startswith("-")), None)
    if name is None:
        return []
    if name not in SUMMARIES:
        meant = suggest(name, SUMMARIES) or f"; there are {', '.join(SUMMARIES)}"
        raise UsageError(f"unknown command {name!r}{meant} (see docker-conformance --help)")
    return [name]


def _prepare_streams() -> None:
    """Let closed streams lead nowhere, and write as an escape what an encoding lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (it lives as long as we do)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _complain(text: str) -> None:
    """Write one line to stderr, if it can be written; text of a daemon or a file cannot steer the terminal."""
    try:
        sys.stderr.write(f"docker-conformance: {visible(' '.join(text.split()))}\n")
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def _hung_up(stream: IO[str]) -> bool:
    """Whether a stream leads to a terminal that has gone."""
    try:
        os.write(stream.fileno(), b"")
    except (OSError, ValueError) as error:
        return getattr(error, "errno", None) == errno.EIO
    return False


def _silence(stream: object) -> None:
    """Let what is still to be written go nowhere: Python would complain of it at exit."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[attr-defined]
