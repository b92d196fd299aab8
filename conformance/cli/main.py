"""``docker-conformance``: reads the command line, runs a command, turns a mistake into one line and an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

import conformance
from conformance.catalogue import CatalogueError
from conformance.cli import (
    certificates,
    changes,
    clean,
    comparison,
    doctor,
    prove,
    render,
    report_files,
    run,
    show,
    waivers,
)
from conformance.cli.common import Parser
from conformance.model.errors import DaemonFault, Interrupted, Unreachable, UsageError
from conformance.report.render import labels

_CODES = ((UsageError, 2), (CatalogueError, 2), (Interrupted, 3), (Unreachable, 4), (DaemonFault, 4))


def parser() -> Parser:
    """The parser of the whole command line."""
    top = Parser(
        prog="docker-conformance",
        description="Does this container daemon speak the Docker Remote API as documented? An answer per version, with proof.",
        epilog="'docker-conformance COMMAND --help' has an example of each.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"docker-conformance {conformance.__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for module in (run, changes, show, render, comparison, waivers, certificates, prove, doctor, clean):
        module.register(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. A user's mistake is one line on stderr, never a traceback."""
    _prepare_streams()
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except tuple(kind for kind, _ in _CODES) as error:
        _say(str(error))
        return next(code for kind, code in _CODES if isinstance(error, kind))
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except OSError as error:
        if error.errno == errno.EPIPE or _hung_up(sys.stdout):  # nobody to complain to
            _silence(sys.stdout)
            return 141
        _silence(sys.stdout)
        _say(f"cannot go on: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return 3
    return code


def _run(argv: list[str]) -> int:
    rest: list[str] = []
    if "--" in argv:
        place = argv.index("--")
        argv, rest = argv[:place], argv[place + 1 :]
    options = parser().parse_args(argv)
    if rest and not hasattr(options, "pytest"):
        raise UsageError(f"only 'run' takes arguments after --: {' '.join(rest)}")
    if rest:
        options.pytest = rest
    report_files.verify(options)
    code: int = options.command(options)
    return code


def _prepare_streams() -> None:
    """Closed ones lead nowhere, and what an encoding lacks is written as an escape."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (it lives as long as we do)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _say(text: str) -> None:
    """One line on stderr, if anybody reads there; what a daemon or a file wrote cannot steer the terminal."""
    try:
        sys.stderr.write(f"docker-conformance: {labels.visible(' '.join(text.split()))}\n")
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
