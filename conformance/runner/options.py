"""The options of a run, for pytest and for the command line alike: one table, parsed once into RunOptions."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from conformance.model.errors import UsageError
from conformance.model.shard import Shard

DEFAULT_REPORT = Path("conformance-report.jsonl")


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What a run is asked to do. Each member has the name of its option; what is not given is None or empty.

    `patience` and `time_limit` are in seconds, `evidence_limit` is in megabytes. `keyword` and `markexpr` are pytest's own
    -k and -m, `workers` is the number of processes (0: this one only).
    """

    host: str | None = None
    dockerd: str | None = None
    api: str = ""
    every_version: bool = False
    quick: bool = False
    image: str = ""
    report: Path = DEFAULT_REPORT
    strict_legacy: bool = False
    strict_contested: bool = False
    change: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    shard: Shard | None = None
    waivers: Path | None = None
    registry: str | None = None
    tlscacert: str | None = None
    tlscert: str | None = None
    tlskey: str | None = None
    patience: float = 60.0
    time_limit: float = 7200.0
    evidence_limit: float = 500.0
    label: tuple[str, ...] = ()
    allow_swarm: bool = False
    keyword: str = ""
    markexpr: str = ""
    workers: int = 0

    @classmethod
    def parse(cls, options: Any, **more: Any) -> RunOptions:
        """The options as argparse or pytest have read them; `more` comes on top. Raises UsageError for an invalid value.

        An attribute that `options` lacks, or that is None, is not given.
        """
        read = {field.name: getattr(options, field.name, None) for field in fields(cls)} | more
        given: dict[str, Any] = {name: value for name, value in read.items() if value is not None}
        for name in ("report", "waivers"):
            if name in given:
                given[name] = Path(given[name])
        if "shard" in given:
            try:
                given["shard"] = Shard.parse(given["shard"])
            except ValueError as error:
                raise UsageError(f"--shard: {error}") from None
        if given.get("quick") and given.get("every_version"):
            raise UsageError("--quick and --every-version exclude each other")
        for name, value in given.items():
            if isinstance(value, list):
                given[name] = tuple(value)
        return cls(**given)

    def selection(self) -> dict[str, Any]:
        """What the user selected, as the header of a report has it."""
        names = ("api", "change", "profile", "case", "image", "shard", "keyword", "markexpr")
        read = {name: getattr(self, name) for name in names}
        plain = {
            name: list(value) if isinstance(value, tuple) else value for name, value in read.items() if value
        }
        return {**plain, "shard": str(self.shard)} if self.shard is not None else plain


def seconds(text: str) -> float:
    """A positive number, of seconds or of another unit."""
    number = float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", text) else 0.0
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
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

    @property
    def name(self) -> str:
        """Its name in a namespace of argparse, and in RunOptions."""
        return self.flag.removeprefix("--").replace("-", "_")


OPTIONS = (
    Option("--host", {"metavar": "URL", "help": "the daemon to ask: unix://, tcp://, ssh://"}),
    Option(
        "--dockerd",
        {"metavar": "PATH", "help": "a daemon build to validate: started privately, gone afterwards"},
    ),
    Option(
        "--api",
        {
            "metavar": "VERSIONS",
            "help": "the API versions to ask, as 1.24,1.41 or 1.24-1.41; of a range, those that the daemon serves (default: all that it serves)",
        },
    ),
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
        "--report",
        {
            "metavar": "FILE",
            "default": str(DEFAULT_REPORT),
            "help": f"where the report goes (default {DEFAULT_REPORT})",
        },
    ),
    Option(
        "--strict-legacy", {"action": "store_true", "help": "count cases below a statement's version too"}
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
            "default": RunOptions.patience,
            "help": "how long the daemon may take before it answers (default 60); its other times follow from it",
        },
    ),
    Option(
        "--time-limit",
        {
            "metavar": "SECONDS",
            "type": seconds,
            "default": RunOptions.time_limit,
            "help": "stop starting cases after this time; the rest are reported as not-run (default 7200)",
        },
    ),
    Option(
        "--evidence-limit",
        {
            "metavar": "MB",
            "type": seconds,
            "default": RunOptions.evidence_limit,
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
    Option(
        "--allow-swarm",
        {
            "action": "store_true",
            "help": "create services, secrets and configs on a running daemon that is the manager of a swarm",
        },
    ),
)
