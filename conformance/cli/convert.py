"""``convert``: reports and waivers of the old form in today's form."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from conformance.cli.files import writing
from conformance.cli.parser import add_command
from conformance.model.errors import UsageError
from conformance.report.convert import convert as convert_file


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "convert",
        convert,
        description="Convert reports and waivers that name a case by the file of its test. A case is now named\n"
        "STATEMENT::test_name[parameters]@VERSION, so that moving a test changes no name. Verdicts stay as they are. A file is\n"
        "replaced, with the evidence beside it; --output writes another one. A certificate holds for the old file only:\n"
        "certify the new one again. (exit codes: 0 done, 2 used wrongly)",
        examples=[
            "docker-conformance convert conformance-report.jsonl waivers.toml",
            "docker-conformance convert old.jsonl -o new.jsonl",
        ],
    )
    parser.add_argument(
        "files", metavar="FILE", type=Path, nargs="+", help="reports (JSON Lines) and files of waivers (TOML)"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="the file to write instead; only with a single FILE"
    )
    parser.set_defaults(writes=("output",))


def convert(options: argparse.Namespace) -> int:
    """Convert each file, and say what was done; returns 0."""
    if options.output is not None and len(options.files) > 1:
        raise UsageError("--output takes a single FILE; without it each file is replaced")
    for path in options.files:
        output = options.output or path
        with writing(output):
            done = convert_file(path, output)
        sys.stdout.write(f"{path}: {done}\n")
    return 0
