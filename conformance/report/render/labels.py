"""Words and signs that every rendering shares: verdicts, ranges of versions, sources, a daemon's name."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from conformance.catalogue import Catalogue, Change
from conformance.model.cases import Case, Side
from conformance.model.policy import Policy
from conformance.model.text import plural, visible
from conformance.model.verdicts import Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.facts import DaemonFacts
from conformance.report.file import Header
from conformance.report.outcome import Totals
from conformance.report.staleness import Staleness

MEANING = {
    Verdict.PASS: "as documented",
    Verdict.UNSERVED: "the daemon does not serve this version",
    Verdict.UNAVAILABLE: "this host lacks what the check needs; not covered",
    Verdict.NOT_RUN: "collected, but not run",
    Verdict.BLOCKED: "a fixture failed, so the check did not run; inconclusive",
    Verdict.NOT_IMPLEMENTED: "the daemon has no such route",
    Verdict.FAIL: "not as documented",
    Verdict.ERROR: "the suite itself broke; inconclusive",
}
SIGNS = {
    Verdict.PASS: "✓",
    Verdict.UNSERVED: "·",
    Verdict.UNAVAILABLE: "-",
    Verdict.NOT_RUN: "~",
    Verdict.BLOCKED: "?",
    Verdict.NOT_IMPLEMENTED: "∅",
    Verdict.FAIL: "✗",
    Verdict.ERROR: "!",
}
PLAIN_SIGNS = SIGNS | {
    Verdict.PASS: "+",
    Verdict.UNSERVED: ".",
    Verdict.NOT_IMPLEMENTED: "N",  # a digit would read as a number of cases
    Verdict.FAIL: "X",
}


def choose_signs(encoding: str | None) -> dict[Verdict, str]:
    """The signs that `encoding` can write; plain ASCII ones where it cannot write all."""
    try:
        "".join(SIGNS.values()).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN_SIGNS
    return SIGNS


def format_versions(versions: Iterable[ApiVersion]) -> str:
    """Versions as short text, ascending: neighbours become ranges, as in ``"1.14-1.18, 1.21"``."""
    runs: list[list[ApiVersion]] = []
    for version in sorted(set(versions)):
        if runs and version == runs[-1][-1].next_minor():
            runs[-1].append(version)
        else:
            runs.append([version])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def format_totals(totals: Totals) -> str:
    """Totals as words: ``"12 pass, 1 fail"``, the worst first; ``"none"`` when there is no case."""
    ordered = sorted(totals, key=lambda verdict: (verdict is not Verdict.PASS, -verdict.severity))
    return ", ".join(f"{totals[verdict]} {verdict}" for verdict in ordered) or "none"


def get_sentence(change: Change | None, side: Side) -> str:
    """What the document says on that side of the change; "" if the catalogue does not have the change."""
    if change is None:
        return ""
    return (
        change.before if side is Side.BEFORE else change.after if side is Side.AFTER else None
    ) or change.says


def format_source(change: Change, catalogue: Catalogue, document: str | None = None) -> str:
    """Where a change is stated: the first source in full, the number of the others."""
    first = next((source for source in change.sources if source.document == document), change.sources[0])
    others = len(change.sources) - 1
    return catalogue.place(first) + (f" (and {others} more)" if others else "")


def describe_staleness(staleness: Staleness) -> list[str]:
    """Which rows of a report are out of date, and which statements it lacks, as sentences; none if it is up to date."""
    lines = []
    if not staleness.known:
        lines.append(
            "This report has no digests of statements, so it is not known which of them were edited since."
        )
    for names, what in (
        (staleness.edited, "Out of date, as edited since this run"),
        (staleness.recheck, "Out of date, as checked otherwise since this run"),
        (staleness.missing, "Not in this report yet"),
    ):
        if names:
            lines.append(f"{what}: {plural(len(names), 'statement')} ({format_few(names)}).")
    return lines


def format_few(names: list[str], most: int = 6) -> str:
    """The first names of a list, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return visible(", ".join(names[:most])) + more


def format_reason(result: Result) -> str:
    """The reason for a verdict, with the fixture that failed."""
    return f"fixture {result.fixture!r} failed: {result.reason}" if result.fixture else result.reason


def explain_contest(change: Change | None) -> str:
    """Why a statement is contested, and which genuine engines were asked; "" if it is not contested."""
    if change is None or change.contested is None:
        return ""
    asked = "; ".join(
        f"{engine} {', '.join(versions)}" for engine, versions in change.contested.engines.items()
    )
    return f"{change.contested.reason} No genuine engine keeps this statement (asked: {asked})."


def format_group(group: str) -> str:
    """The heading of a group of statements: ``general``, ``reference``, or the version that made the changes."""
    return {"general": "General statements", "reference": "Reference"}.get(group, f"Changed by API {group}")


def format_daemon(daemon: DaemonFacts) -> str:
    """A daemon's name and version for a headline."""
    return visible(daemon.name) or "an unnamed daemon"


def format_window(daemon: DaemonFacts) -> str:
    """``serves API 1.12 to 1.41``; "" if it is not known which."""
    if not (daemon.oldest and daemon.newest):
        return ""
    return f"serves API {visible(daemon.oldest)} to {visible(daemon.newest)}"


def get_target_options(header: Header) -> list[str]:
    """The options of ``run`` that reach the daemon of a report again."""
    daemon = header.daemon
    if daemon.private:
        return ["--dockerd", daemon.target or "dockerd"]
    return ["--host", daemon.url] if daemon.url else []


def format_repeat(header: Header) -> str:
    """The command that makes a run again, with its daemon, versions and selection."""
    words = ["docker-conformance", "run", *get_target_options(header)]
    if header.versions:
        words += ["--api", format_versions(header.versions).replace(" ", "")]
    words += {Policy.EDGES: ["--quick"], Policy.EVERY_VERSION: ["--every-version"]}.get(header.policy, [])
    for name in ("change", "profile", "case"):
        for value in header.selection.get(name) or []:
            words += [f"--{name}", str(value)]
    return visible(shlex.join(words))


def format_rerun(header: Header, case: Case) -> str:
    """The command that runs one case again; it counts a legacy case, so that the exit code speaks of it."""
    words = ["docker-conformance", "run", *get_target_options(header), "--api", str(case.version)]
    if header.selection.get("image"):
        words += ["--image", str(header.selection["image"])]
    if case.side is Side.BEFORE:
        words.append("--strict-legacy")
    # an address with control characters is invalid: the line is then for reading only
    return visible(shlex.join([*words, "--case", case.key]))
