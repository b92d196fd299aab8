"""Arguments that several commands take, in the same words everywhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from conformance.runner.options import OPTIONS


def add_report(parser: argparse.ArgumentParser) -> None:
    """Add REPORT, the path of a report."""
    parser.add_argument(
        "report", metavar="REPORT", type=Path, help="a report that 'docker-conformance run' wrote"
    )


def add_output(parser: argparse.ArgumentParser, *, or_stdout: bool = False, what: str = "the file") -> None:
    """Add ``--output``, which must be given unless the text goes to stdout otherwise; `what` is said in its help."""
    parser.set_defaults(writes=("output",))
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=not or_stdout,
        help=f"{what} to write, whole or not at all{' (default stdout)' if or_stdout else ''}",
    )


def add_strict_legacy(parser: argparse.ArgumentParser) -> None:
    """Add the option of ``run`` that counts legacy cases."""
    _add_of_run(parser, "--strict-legacy")


def add_target(parser: argparse.ArgumentParser, *, private: bool = True) -> None:
    """Add the options of ``run`` that say which daemon is meant; `private`: also a build to start."""
    build = ("--dockerd", "--registry") if private else ()
    _add_of_run(parser, "--host", *build, "--tlscacert", "--tlscert", "--tlskey")


def _add_of_run(parser: argparse.ArgumentParser, *flags: str) -> None:
    for option in OPTIONS:
        if option.flag in flags:
            parser.add_argument(option.flag, **option.keywords)
