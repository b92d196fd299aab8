"""Words and signs that every rendering shares: verdicts, spans of versions, a daemon's name, text made safe to show."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterable

from conformance.catalogue import Catalogue, Change
from conformance.model.cases import Case, Side
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.facts import DaemonFacts
from conformance.report.file import Header
from conformance.report.outcome import Totals

MEANING = {
    Verdict.PASS: "as documented",
    Verdict.UNSERVED: "the daemon does not serve this version",
    Verdict.UNAVAILABLE: "this host lacks what the check needs; not covered",
    Verdict.NOT_RUN: "collected, but not run",
    Verdict.BLOCKED: "the environment could not be set; could not tell",
    Verdict.NOT_IMPLEMENTED: "proven absent",
    Verdict.FAIL: "not as documented",
    Verdict.ERROR: "the suite itself broke; could not tell",
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

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e"}


def signs(encoding: str | None) -> dict[Verdict, str]:
    """The signs that `encoding` can write; plain ASCII ones where it cannot write all."""
    try:
        "".join(SIGNS.values()).encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return PLAIN_SIGNS
    return SIGNS


def visible(text: str, *, lines: bool = False) -> str:
    r"""Make text of a daemon safe to show: what moves a cursor, colours, reorders or hides becomes ``\xNN``.

    With `lines`, line feeds and tabs stay.
    """
    return "".join(
        character if (lines and character in "\n\t") or not _is_unsafe(character) else _escape(character)
        for character in text
    )


def _is_unsafe(character: str) -> bool:
    # Cc control, Cf format (bidirectional marks, zero width), Cs surrogate, Co private, Zl and Zp line ends
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _escape(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def span(versions: Iterable[str]) -> str:
    """Versions as short text, ascending: neighbours become ranges, as in ``"1.14-1.18, 1.21"``."""
    runs: list[list[ApiVersion]] = []
    for version in sorted({ApiVersion.parse(version) for version in versions}):
        if runs and (version.major, version.minor - 1) == runs[-1][-1]:
            runs[-1].append(version)
        else:
            runs.append([version])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def totals_line(totals: Totals) -> str:
    """Totals as words: ``"12 pass, 1 fail"``, the worst first; ``"none"`` when there is no case."""
    ordered = sorted(totals, key=lambda verdict: (verdict is not Verdict.PASS, -verdict.severity))
    return ", ".join(f"{totals[verdict]} {verdict}" for verdict in ordered) or "none"


def statement(change: Change | None, side: Side) -> str:
    """What the document promises on that side of the change; "" if the catalogue does not have the change."""
    if change is None:
        return ""
    return (
        change.before if side is Side.BEFORE else change.after if side is Side.AFTER else None
    ) or change.says


def source_line(change: Change, catalogue: Catalogue, document: str | None = None) -> str:
    """Where a change is stated: the first source in full, the number of the others."""
    first = next((source for source in change.sources if source.document == document), change.sources[0])
    others = len(change.sources) - 1
    return catalogue.place(first) + (f" (and {others} more)" if others else "")


def contest(change: Change | None) -> str:
    """Why a statement is contested, and which genuine engines were asked; "" if it is not contested."""
    if change is None or change.contested is None:
        return ""
    asked = "; ".join(
        f"{engine} {', '.join(versions)}" for engine, versions in change.contested.engines.items()
    )
    return f"{change.contested.reason} No genuine engine keeps this statement (asked: {asked})."


def daemon_name(daemon: DaemonFacts) -> str:
    """A daemon's name and version for a headline."""
    return visible(daemon.name) or "an unnamed daemon"


def served(daemon: DaemonFacts) -> str:
    """``serves API 1.12 to 1.41``; "" if it is not known which."""
    if not (daemon.oldest and daemon.newest):
        return ""
    return f"serves API {visible(daemon.oldest)} to {visible(daemon.newest)}"


def target_options(header: Header) -> list[str]:
    """The options of ``run`` that reach the daemon of a report again."""
    daemon = header.daemon
    if daemon.private:
        return ["--dockerd", daemon.target or "dockerd"]
    return ["--host", daemon.url] if daemon.url else []


def rerun_line(header: Header, case: Case) -> str:
    """The command that runs one case again; a legacy case is then counted, so that the exit code speaks of it."""
    words = ["docker-conformance", "run", *target_options(header), "--api", case.version]
    if header.selection.get("image"):
        words += ["--image", str(header.selection["image"])]
    if case.side is Side.BEFORE:
        words.append("--strict-legacy")
    # an address with control signs is no address: what is shown is then not to be run, only to be seen
    return visible(shlex.join([*words, "--case", case.key]))


def one_line(text: str, limit: int = 300) -> str:
    """`text` made visible on one line and cut at `limit` characters."""
    flat = visible(re.sub(r"\s+", " ", text).strip())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"


def cut(text: str, limit: int) -> str:
    """`text` cut at `limit` characters, with an ellipsis where something is missing."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
