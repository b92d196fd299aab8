"""Waivers: known deviations that a user accepts. They excuse a verdict and never replace it.

A file of waivers is TOML, a table for each::

    [[waiver]]
    change = "1.19/info-booleans"
    versions = "1.19-1.21"        # or "1.19, 1.21", or "all"
    daemon = "Podman Engine 4.*"  # a shell pattern for engine and version; left out: any daemon
    cases = ["test_flag_is_a_boolean[Debug]"]  # left out: every case of the change
    reason = "..."
    link = "https://..."          # where it is followed; may be left out
    expires = 2026-01-31          # the last day on which it holds

It is strict: an invalid table is an error with file and line, and so is an expired one. A waiver is stale, and turns its
run red, when a case that it covers passes, or when a whole run of its version had no such case.
"""

from __future__ import annotations

import datetime
import difflib
import fnmatch
import re
import tomllib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from conformance.catalogue import Catalogue
from conformance.model.cases import Case
from conformance.model.errors import UsageError
from conformance.model.verdicts import NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report.convert import is_old_name
from conformance.report.facts import DaemonFacts
from conformance.report.file import Header

_HEAD = re.compile(r"\s*\[\[\s*(waiver|\"waiver\"|'waiver')\s*\]\]")
_NEWEST = ApiVersion(9999, 9999)


class Waiver(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, dict=True
):
    """A deviation that a user accepts; see the module's text. `place` is file and line, for messages."""

    change: str
    versions: str
    reason: str
    expires: datetime.date
    daemon: str = ""
    cases: list[str] = []
    link: str = ""
    place: str = ""

    @cached_property
    def spans(self) -> list[tuple[ApiVersion, ApiVersion]]:
        """The versions as pairs of first and last; raises ValueError for an invalid text."""
        return parse_spans(self.versions)

    def holds_in(self, version: ApiVersion) -> bool:
        """Whether the waiver applies to an API version."""
        return any(first <= version <= last for first, last in self.spans)

    def holds_for(self, daemon: DaemonFacts) -> bool:
        """Whether the waiver applies to a daemon."""
        return not self.daemon or fnmatch.fnmatchcase(daemon.name.lower(), self.daemon.lower())

    def covers(self, case: Case) -> bool:
        """Whether the waiver applies to a case."""
        named = not self.cases or case.local_id in self.cases or case.test in self.cases
        return named and case.change == self.change and self.holds_in(case.version)


class Stale(msgspec.Struct, frozen=True):
    """A waiver that is no longer true, and why."""

    waiver: Waiver
    why: str


class Applied(msgspec.Struct, frozen=True):
    """The effect of waivers on the results of a run: the waived cases by key, and the stale waivers."""

    waived: dict[str, Waiver]
    stale: list[Stale]


def parse_spans(text: str) -> list[tuple[ApiVersion, ApiVersion]]:
    """Read ``"1.14-1.18, 1.21"`` or ``"all"`` as first and last versions; raises ValueError naming the wrong part."""
    if text.strip() == "all":
        return [(ApiVersion(0, 0), _NEWEST)]
    spans = []
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        low = ApiVersion.parse(first)
        high = ApiVersion.parse(last) if dash else low
        if low > high:
            raise ValueError(f"{part.strip()!r} runs backwards; did you mean {high}-{low}?")
        spans.append((low, high))
    return spans


def get_waivers(header: Header) -> list[Waiver]:
    """The waivers of a report that apply to its daemon. Raises UsageError for an invalid one."""
    try:
        found = [msgspec.convert(row, Waiver) for row in header.waivers]
        for waiver in found:
            _ = waiver.spans
    except (msgspec.ValidationError, ValueError) as error:
        raise UsageError(f"the report's header has an invalid waiver: {error}") from None
    return [waiver for waiver in found if waiver.holds_for(header.daemon)]


def apply(
    waivers: Iterable[Waiver], counted: list[Result], everything: list[Result], *, whole: bool
) -> Applied:
    """Apply waivers to the counted results; `everything` is all results, `whole` says that the run is complete and unfiltered."""
    waived: dict[str, Waiver] = {}
    stale: list[Stale] = []
    by_change: dict[str, list[Result]] = {}
    for result in counted:
        by_change.setdefault(result.case.change, []).append(result)
    for waiver in waivers:
        mine = [result for result in by_change.get(waiver.change, []) if waiver.covers(result.case)]
        waived |= {result.case.key: waiver for result in mine if result.verdict in NOT_CONFORMANT}
        passed = [result.case for result in mine if result.verdict is Verdict.PASS]
        if passed:
            more = f" and {len(passed) - 1} more" if len(passed) > 1 else ""
            stale.append(Stale(waiver, f"{passed[0].local_id} passes in {passed[0].version}{more}"))
        elif whole:
            stale += [Stale(waiver, why) for why in _idle(waiver, everything)]
    return Applied(waived=waived, stale=stale)


def _idle(waiver: Waiver, results: list[Result]) -> Iterable[str]:
    """What a waiver names and a whole run does not have, although it ran one of the waiver's versions."""
    if not any(waiver.holds_in(version) for version in {result.case.version for result in results}):
        return
    asked = [
        result.case
        for result in results
        if result.case.change == waiver.change and waiver.holds_in(result.case.version)
    ]
    if not asked:
        yield f"no case asks for {waiver.change} in {waiver.versions}"
        return
    known = {case.test for case in asked} | {case.local_id for case in asked}
    yield from (
        f"there is no case {name!r} of that change in {waiver.versions}"
        for name in waiver.cases
        if name not in known
    )


def load(
    path: Path, catalogue: Catalogue, today: datetime.date, checks: dict[str, list[str]] | None = None
) -> list[Waiver]:
    """Read a file of waivers. `checks` maps changes to the names of their tests; without it, cases are not verified.

    Raises UsageError, naming file and line, for the first waiver that cannot be meant or has expired.
    """
    try:
        text = path.read_text("utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot read the waivers: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a file of waivers: it is not UTF-8") from None
    except RecursionError:
        raise UsageError(f"{path}: not a file of waivers: it is nested too deep") from None
    except ValueError as error:  # TOML's own among them
        where = re.search(r"at line (\d+)", str(error))
        raise UsageError(
            f"{path}:{where[1] if where else len(text.splitlines())}: not TOML: {error}"
        ) from None
    reader = _Reader(path, text.splitlines(), catalogue, today, checks)
    return reader.read(document)


class _Reader:
    def __init__(
        self,
        path: Path,
        lines: list[str],
        catalogue: Catalogue,
        today: datetime.date,
        checks: dict[str, list[str]] | None,
    ) -> None:
        self.path = path
        self.lines = lines
        self.heads = [number for number, line in enumerate(lines, 1) if _HEAD.match(line)]
        self.catalogue = catalogue
        self.today = today
        self.checks = checks

    def line(self, index: int, word: str = "") -> int:
        """The line of a key in the waiver at `index`, or of its head."""
        head = self.heads[index] if index < len(self.heads) else 1
        end = self.heads[index + 1] - 1 if index + 1 < len(self.heads) else len(self.lines)
        for number in range(head, end + 1):
            if word and re.match(rf"\s*[\"']?{re.escape(word)}[\"']?\s*=", self.lines[number - 1]):
                return number
        return head

    def refuse(self, index: int, word: str, message: str) -> None:
        raise UsageError(f"{self.path}:{self.line(index, word)}: {message}")

    def read(self, document: dict[str, Any]) -> list[Waiver]:
        for name in document:
            if name != "waiver":
                number = next((n for n, line in enumerate(self.lines, 1) if name in line), 1)
                raise UsageError(
                    f"{self.path}:{number}: there is no {name!r} here; each waiver is a table [[waiver]]"
                )
        rows = document.get("waiver", [])
        if not isinstance(rows, list):
            raise UsageError(f"{self.path}:1: each waiver is a table [[waiver]], with two brackets")
        found: list[Waiver] = []
        for index, row in enumerate(rows):
            waiver = self.convert(index, row)
            self.verify(index, waiver)
            self.alone(index, waiver, found)
            found.append(waiver)
        return found

    def convert(self, index: int, row: Any) -> Waiver:
        if isinstance(row, dict) and "place" in row:
            self.refuse(index, "place", "there is no key 'place'")
        place = f"{self.path}:{self.line(index)}"
        try:
            return msgspec.convert({**row, "place": place} if isinstance(row, dict) else row, Waiver)
        except msgspec.ValidationError as error:
            key = re.search(r"field `(\w+)`", str(error)) or re.search(r"\$\.(\w+)", str(error))
            name = key[1] if key else ""
            close = (
                difflib.get_close_matches(name, Waiver.__struct_fields__, n=1)
                if "unknown" in str(error)
                else []
            )
            hint = f"; did you mean {close[0]!r}?" if close else ""
            self.refuse(index, name, f"{error}{hint}")
            raise AssertionError from error

    def verify(self, index: int, waiver: Waiver) -> None:
        if waiver.change not in self.catalogue:
            close = difflib.get_close_matches(waiver.change, self.catalogue.changes, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            self.refuse(
                index,
                "change",
                f"there is no change {waiver.change!r}{hint} ('docker-conformance list' shows all)",
            )
        try:
            _ = waiver.spans
        except ValueError as error:
            self.refuse(index, "versions", f"versions: {error}")
        if not waiver.reason.strip():
            self.refuse(index, "reason", "a waiver needs a reason")
        if waiver.link and not waiver.link.startswith(("https://", "http://")):
            self.refuse(index, "link", f"the link is no address of a page: {waiver.link!r}")
        if waiver.expires < self.today:
            self.refuse(
                index,
                "expires",
                f"the waiver of {waiver.change} expired on {waiver.expires}: look again, then extend or remove it",
            )
        for name in waiver.cases:
            self.verify_case(index, waiver, name)

    def verify_case(self, index: int, waiver: Waiver, name: str) -> None:
        if is_old_name(name):
            self.refuse(
                index,
                "cases",
                f"{name!r} is the old form of a name; convert the file first: docker-conformance convert {self.path}",
            )
        if self.checks is None:
            return
        known = self.checks.get(waiver.change, [])
        if name.partition("[")[0] not in known:
            there = f"; it has {', '.join(known)}" if known else "; it has none"
            self.refuse(index, "cases", f"{waiver.change} has no test {name.partition('[')[0]!r}{there}")

    def alone(self, index: int, waiver: Waiver, others: list[Waiver]) -> None:
        for other in others:
            same = (waiver.change, waiver.daemon) == (other.change, other.daemon)
            shared = not waiver.cases or not other.cases or set(waiver.cases) & set(other.cases)
            overlap = any(a <= d and c <= b for a, b in waiver.spans for c, d in other.spans)
            if same and shared and overlap:
                self.refuse(
                    index,
                    "versions",
                    f"{waiver.change} is waived twice for one version: also at {other.place}",
                )
