"""What of the documents a run has asked and seen: operations, statuses, parameters and members of each version.

A version counts as asked if another one of its class was: no document changes the operation between the two. A fact that was not
asked may have a reason (``catalogue/data/coverage-reasons.toml``), or be known as open; a response member that never came may
have a condition in the overlay of the shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

from conformance.catalogue.answers import Answers, answers, nearest
from conformance.catalogue.coverage_reasons import CoverageReasons, FactKind
from conformance.catalogue.operations import Operation
from conformance.model.versions import ApiVersion, Window
from conformance.report.coverage_record import CoverageRecord, OperationRecord, parse_versions

#: A server error is documented everywhere, and nothing that a check may send leads to it.
_SERVER_ERROR = "500"


#: The kinds that a suite can ask for; whether a member of a response comes is up to the daemon.
ASKABLE = (FactKind.OPERATION, FactKind.STATUS, FactKind.PARAMETER, FactKind.REQUEST_MEMBER)


@dataclass
class Fact:
    """A documented fact: the versions in which it was asked or seen, and those in which it was not, with the reason.

    `name` is "" for an operation, ``"404"`` for a status, ``"query all"``, ``".HostConfig.Memory"``, ``"200 [].Id"``. `open` are
    versions without a reason; `entry` is the line of the catalogue that lists the fact as open ("" if none does).
    """

    operation: str
    kind: FactKind
    name: str
    asked: list[ApiVersion] = field(default_factory=list)
    explained: dict[str, list[ApiVersion]] = field(default_factory=dict)
    open: list[ApiVersion] = field(default_factory=list)
    entry: str = ""
    reasons: list[tuple[Window, str]] = field(default_factory=list, repr=False)

    @property
    def place(self) -> str:
        """The name of the fact in the file of reasons."""
        return f"{self.operation} {self.name}".strip()


@dataclass(frozen=True)
class Undocumented:
    """A member of an answer that no document of its version knows, and the documented name beside it that is most like it."""

    operation: str
    name: str
    versions: list[ApiVersion]
    nearest: str


@dataclass(frozen=True)
class Coverage:
    """The coverage of a run in some versions."""

    versions: list[ApiVersion]
    facts: list[Fact]
    undocumented: list[Undocumented]
    reasons: CoverageReasons

    def count(self, kind: FactKind, version: ApiVersion) -> tuple[int, int, int]:
        """How many facts of a kind a version has: asked, not asked with a reason, documented."""
        asked = explained = documented = 0
        for fact in self.facts:
            if fact.kind is not kind:
                continue
            if version in fact.asked:
                asked += 1
            elif any(version in versions for versions in fact.explained.values()):
                explained += 1
            elif version not in fact.open:
                continue
            documented += 1
        return asked, explained, documented

    def asked_versions(self, operation: str) -> set[ApiVersion]:
        """The versions in which an operation was asked at all."""
        return self._asked.get(operation, set())

    @cached_property
    def _asked(self) -> dict[str, set[ApiVersion]]:
        return {fact.operation: set(fact.asked) for fact in self.facts if fact.kind is FactKind.OPERATION}

    def never_seen(self) -> list[Fact]:
        """Documented members of answers that never came, of the operations that were asked."""
        return [
            fact
            for fact in self.facts
            if fact.kind is FactKind.RESPONSE_MEMBER
            and not fact.asked
            and self.asked_versions(fact.operation)
        ]

    def gaps(self) -> list[Fact]:
        """Facts of the gated versions that a suite can ask for and that were not asked, have no reason and are not listed."""
        facts = (fact for fact in self.facts if fact.kind in ASKABLE and not fact.entry)
        return [fact for fact in facts if any(map(partial(self.reasons.is_gated, fact.kind), fact.open))]

    def settled(self) -> list[str]:
        """Lines of the catalogue's list of what is open that are no longer true: all below them was asked or has a reason."""
        still = {fact.entry for fact in self.facts if fact.open}
        return sorted({fact.entry for fact in self.facts} - still - {""})


def measure(
    record: CoverageRecord,
    versions: Iterable[ApiVersion],
    asked: Iterable[Operation],
    reasons: CoverageReasons,
) -> Coverage:
    """Hold what a run noted against what the documents of `versions` say of the operations `asked` about."""
    wanted = sorted(versions)
    facts: list[Fact] = []
    undocumented: list[Undocumented] = []
    for operation in asked:
        noted = record.get(operation.name, OperationRecord())
        here = [version for version in wanted if version in operation]
        if here:
            facts += _Measure(operation, noted, reasons, answers()).facts(here)
            undocumented += _undocumented(operation, noted, set(here))
    return Coverage(wanted, facts, undocumented, reasons)


class _Measure:
    """The facts of one operation."""

    def __init__(
        self, operation: Operation, noted: OperationRecord, reasons: CoverageReasons, documents: Answers
    ) -> None:
        self._operation = operation
        self._reasons = reasons
        self._documents = documents
        # where each name was noted: the classes of its versions
        self._noted = {
            FactKind.OPERATION: {"": self._classes(noted.statuses.values())},
            FactKind.STATUS: self._parsed(noted.statuses),
            FactKind.PARAMETER: self._parsed(noted.parameters),
            FactKind.REQUEST_MEMBER: self._parsed(noted.body),
            FactKind.RESPONSE_MEMBER: self._parsed(noted.members),
        }
        self._facts: dict[tuple[FactKind, str], Fact] = {}

    def facts(self, versions: list[ApiVersion]) -> list[Fact]:
        for version in versions:
            self._take(FactKind.OPERATION, "", version)
            statuses = [str(status) for status in self._documents.statuses(self._operation, version)]
            for status in statuses:
                if status != _SERVER_ERROR:
                    self._take(FactKind.STATUS, status, version)
            for name, history in self._operation.lines.items():
                if name.startswith(("query ", "header ")) and history.at(version) is not None:
                    self._take(FactKind.PARAMETER, name, version)
            for member, condition in self._members("body", version).items():
                self._take(FactKind.REQUEST_MEMBER, member, version, condition)
            for status in (status for status in statuses if status.startswith("2")):
                for member, condition in self._members(status, version).items():
                    self._take(FactKind.RESPONSE_MEMBER, f"{status} {member}", version, condition)
        order = list(FactKind)
        return sorted(self._facts.values(), key=lambda fact: (order.index(fact.kind), fact.name))

    def _parsed(self, places: Mapping[str, str]) -> dict[str, set[ApiVersion]]:
        return {name: self._classes([text]) for name, text in places.items()}

    def _classes(self, texts: Iterable[str]) -> set[ApiVersion]:
        """The first version of each class in which something was noted."""
        versions = (version for text in texts for version in parse_versions(text))
        return {self._operation.class_of(version) for version in versions if version in self._operation}

    def _members(self, place: str, version: ApiVersion) -> Mapping[str, str]:
        return self._documents.documented(self._operation, place, version)

    def _take(self, kind: FactKind, name: str, version: ApiVersion, condition: str = "") -> None:
        if (kind, name) not in self._facts:
            fact = Fact(self._operation.name, kind, name)
            fact.entry = self._reasons.open_entry(fact.place)
            fact.reasons = self._reasons.reasons(fact.place)
            self._facts[kind, name] = fact
        fact = self._facts[kind, name]
        if self._operation.class_of(version) in self._noted[kind].get(name, ()):
            fact.asked.append(version)
            return
        known = f"comes only if {condition}" if condition else ""
        reason = next((reason for window, reason in fact.reasons if version in window), known)
        if reason:
            fact.explained.setdefault(reason, []).append(version)
            return
        fact.open.append(version)


def _undocumented(
    operation: Operation, noted: OperationRecord, versions: set[ApiVersion]
) -> Iterator[Undocumented]:
    for name, text in noted.undocumented.items():
        seen = sorted(parse_versions(text) & versions)
        if seen:
            status, _, path = name.partition(" ")
            known = answers().documented(operation, status, seen[-1])
            yield Undocumented(operation.name, name, seen, nearest(path, known))
