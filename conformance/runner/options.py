"""The options of a run, for pytest and for the command line alike: one list, two parsers."""

from __future__ import annotations

import argparse
import re
from typing import Any, NamedTuple


def seconds(text: str) -> float:
    """A number of seconds, or of anything else that is more than nothing."""
    number = float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", text) else 0.0
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


class Option(NamedTuple):
    """An option: its flag and the keywords that argparse takes. `short` is another flag that pytest uses for itself."""

    flag: str
    keywords: dict[str, Any]
    short: str = ""

    @property
    def flags(self) -> list[str]:
        """Its flags on our own command line."""
        return [self.flag, self.short] if self.short else [self.flag]


OPTIONS = (
    Option("--host", {"metavar": "URL", "help": "the daemon to ask: unix://, tcp://, ssh://"}),
    Option(
        "--dockerd",
        {"metavar": "PATH", "help": "a daemon build to validate: started privately, gone afterwards"},
    ),
    Option("--api", {"metavar": "VERSIONS", "help": "the API versions to ask: 1.14-1.21, 1.24,1.41 or all"}),
    Option(
        "--every-version",
        {
            "action": "store_true",
            "help": "ask every check in every version; without it a version in which no document changes anything is represented by an older one",
        },
    ),
    Option(
        "--quick",
        {
            "action": "store_true",
            "help": "ask every check in the oldest and the newest version of its window only",
        },
    ),
    Option(
        "--image",
        {
            "metavar": "NAME",
            "help": "an image that the daemon has, instead of the one that the suite makes; with the same busybox, users, groups and /fixtures",
        },
    ),
    Option(
        "--report", {"metavar": "FILE", "help": "where the report goes (default conformance-report.jsonl)"}
    ),
    Option(
        "--strict-legacy", {"action": "store_true", "help": "count the cells below a change's version too"}
    ),
    Option(
        "--strict-contested",
        {
            "action": "store_true",
            "help": "count deviations from contested statements, which no genuine engine keeps",
        },
        "--strict",
    ),
    Option("--change", {"metavar": "ID", "action": "append", "help": "only this change; may be repeated"}),
    Option(
        "--profile",
        {"metavar": "NAME", "action": "append", "help": "only the changes of this profile; may be repeated"},
    ),
    Option(
        "--case",
        {
            "metavar": "KEY",
            "action": "append",
            "help": "only this case, named as in a report: STATEMENT::test_name[parameters]@VERSION; may be repeated",
        },
    ),
    Option(
        "--shard",
        {"metavar": "N/TOTAL", "help": "only this part of the cases, as 2/5; 'merge' joins the parts"},
    ),
    Option(
        "--waivers",
        {"metavar": "FILE", "help": "known deviations that are accepted, each with reason and expiry (TOML)"},
    ),
    Option(
        "--registry",
        {"metavar": "HOST:PORT", "help": "a registry that the daemon can reach, instead of one of our own"},
    ),
    Option("--tlscacert", {"metavar": "FILE", "help": "trust daemons that this CA has signed (PEM)"}),
    Option("--tlscert", {"metavar": "FILE", "help": "the client's certificate (PEM)"}),
    Option("--tlskey", {"metavar": "FILE", "help": "the client's key (PEM)"}),
    Option(
        "--patience",
        {
            "metavar": "SECONDS",
            "type": seconds,
            "default": 60.0,
            "help": "how long the daemon may take before it answers (default 60); its other times follow from it",
        },
    ),
    Option(
        "--time-limit",
        {
            "metavar": "SECONDS",
            "type": seconds,
            "default": 7200.0,
            "help": "start no case after this time: the rest is not run, and the report says so (default 7200)",
        },
    ),
    Option(
        "--evidence-limit",
        {
            "metavar": "MB",
            "type": seconds,
            "default": 500.0,
            "help": "how much evidence is kept on disk, in megabytes (default 500); of passed cases it ends at half",
        },
    ),
    Option(
        "--label",
        {
            "metavar": "KEY=VALUE",
            "action": "append",
            "help": "a label for a daemon that is started privately",
        },
    ),
)
