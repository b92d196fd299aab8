"""``docker-conformance``: reads the command line, runs a command, turns a mistake into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import conformance
from conformance.catalogue import CatalogueError
from conformance.commands import (
    certificates,
    changes,
    clean,
    comparison,
    doctor,
    pages,
    prove,
    reports,
    run,
    waivers,
)
from conformance.commands.common import Parser
from conformance.errors import DaemonFault, Interrupted, Unreachable, UsageError

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
    for module in (run, changes, reports, pages, comparison, waivers, certificates, prove, doctor, clean):
        module.register(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. A user's mistake is one line on stderr, never a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    rest: list[str] = []
    if "--" in words:
        place = words.index("--")
        words, rest = words[:place], words[place + 1 :]
    try:
        options = parser().parse_args(words)
        if rest and not hasattr(options, "pytest"):
            raise UsageError(f"only 'run' takes arguments after --: {' '.join(rest)}")
        if rest:
            options.pytest = rest
        code: int = options.command(options)
        sys.stdout.flush()
    except tuple(kind for kind, _ in _CODES) as error:
        sys.stderr.write(f"docker-conformance: {' '.join(str(error).split())}\n")
        return next(code for kind, code in _CODES if isinstance(error, kind))
    except KeyboardInterrupt:
        sys.stderr.write("docker-conformance: interrupted\n")
        return 130
    except BrokenPipeError:
        # the reader of a pipe went away: nothing to complain about, and Python must not complain at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return code
