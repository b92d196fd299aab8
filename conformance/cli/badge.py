"""``badge``: a report as a picture for a README."""

from __future__ import annotations

import argparse
from typing import Any

from conformance.cli.parser import add_command, add_output, add_report, add_strictness, strictness
from conformance.cli.render import arrange, write_rendering
from conformance.report.render import badge


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "badge",
        write_badge,
        description="Write a report as a badge (SVG) with its numbers, readable without colour.",
        examples=["docker-conformance badge conformance-report.jsonl -o badge.svg"],
    )
    add_report(parser)
    add_strictness(parser)
    add_output(parser)


def write_badge(options: argparse.Namespace) -> int:
    """Write a badge; returns 0, or 3 for an interrupted report (the badge then says so too)."""
    report, arrangement, _ = arrange(options.report, strictness(options))
    return write_rendering(options.output, badge.render_badge(report, arrangement).encode(), report)
