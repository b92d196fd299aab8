"""The commands of ``docker-conformance``: each is the module of its name in this folder, with its summary in ``--help``.

The table keeps the start of the command line short: only the module of the chosen command is imported.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

#: Name -> summary, in the order in which the help shows them.
SUMMARIES: Mapping[str, str] = {
    "run": "ask a daemon, and show what it keeps of the documents",
    "list": "list the documented statements with their versions and their checks",
    "show": "show one statement: what is documented, where, and what checks it",
    "new": "start a new statement: its table, its mutants and a check to fill in",
    "matrix": "show a report as a matrix, and exit as its run did",
    "findings": "list what a report found, a line for each statement that is not kept, by kind",
    "coverage": "show which documented facts a run has asked and seen, and why not the others",
    "operations": "write which operations a daemon supports, version by version",
    "clients": "say which clients can talk to a daemon, and how it fares in what they ask",
    "html": "write a report, or several side by side, as one page for a browser",
    "markdown": "write a report as Markdown, for a comment or a job's summary",
    "badge": "write a report as a badge (SVG) with its numbers",
    "junit": "write a report as JUnit XML",
    "compare": "compare two reports, or a report with a published daemon (--with)",
    "merge": "join the shards of one run into its report",
    "waivers": "verify waivers, or write those that make a report green",
    "certify": "write a signed certificate of what a run proved of a profile",
    "verify": "verify a certificate against its report and evidence",
    "convert": "convert reports and waivers of an older version of this suite",
    "prove": "prove that every check can fail, by breaking a daemon on purpose",
    "doctor": "say what this host and its daemon can be asked, and what is missing",
    "clean": "remove what killed runs left behind",
}


def registrar(name: str) -> Callable[[Any], None]:
    """The function that adds the command `name`, with its arguments, to the subparsers that it is given."""
    register: Callable[[Any], None] = importlib.import_module(f"conformance.cli.{name}").register
    return register
