"""What a change is, and the catalogue that holds them. Reading files is in ``load``."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from typing import Literal

import msgspec

from conformance.model import codec
from conformance.model.mutants import Mutant
from conformance.model.versions import ApiVersion, Window, releases

Kind = Literal[
    "endpoint-added",
    "endpoint-deprecated",
    "request-field",
    "response-field",
    "type-change",
    "status-change",
    "behaviour",
    "streaming",
    "event",
]
Level = Literal["required", "optional", "informative"]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place that states a change: a document's id, its section, and the n-th bullet there (from 1) if it is a list."""

    document: str
    section: str
    item: int | None = None


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source document: its title, and for a page with a version history how many bullets each section has."""

    title: str
    bullets: dict[str, int] = {}


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named set of changes that a certificate speaks of.

    `includes` and `excludes` are values of `profile` of changes, `operations` names operations that a kind of client asks; None
    means every change. `source` says how it is known what such a client asks.
    """

    title: str
    includes: list[str] | None = None
    excludes: list[str] = []
    operations: list[str] | None = None
    source: str = ""

    def has(self, change: Change) -> bool:
        """Whether the profile has a change."""
        return (
            (self.includes is None or change.profile in self.includes)
            and change.profile not in self.excludes
            and (self.operations is None or not set(self.operations).isdisjoint(change.endpoints))
        )


class Contested(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That no genuine engine keeps a statement: the engines that were asked with their versions, and what they do instead."""

    engines: dict[str, list[str]]
    reason: str


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a host, a daemon or a run must have for some effects to be seen; `costs` says what is not checked without.

    For a need that is one file of a control group, `cgroup_v1` and `cgroup_v2` are its controller and file name
    (``memory/memory.max``; the controller ``-`` is no controller), and `info` is the member of ``GET /info`` that claims
    it (empty: none does).
    """

    costs: str
    cgroup_v1: str = ""
    cgroup_v2: str = ""
    info: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One documented statement of the API's history.

    `since` and `until` are the first and the last version in which it holds; `says`, `before` and `after` state in own
    words what holds inside, below and above that window (the latter two only where a document says so).
    `replaced_by` is the id of the statement whose window begins where this one ends, in place of `after`.
    `needs` names what is needed of host or daemon for the effect to be seen (``needs.toml``). `contested` says that no genuine
    engine keeps the statement, so that a deviation does not count. `seen` is ``emulated`` while only emulators, and no
    genuine engine, have shown that its checks pass. `tables` is the digest of the tables of shapes on which the statement rests,
    if it does (``scripts/stamp-shapes``).
    """

    id: str
    since: ApiVersion
    until: ApiVersion | None = None
    kind: Kind
    level: Level = "required"
    profile: str
    endpoints: list[str]
    says: str
    before: str | None = None
    after: str | None = None
    replaced_by: str | None = None
    sources: list[Source]
    needs: list[str] = []
    errata: list[str] = []
    note: str = ""
    untestable: str = ""
    contested: Contested | None = None
    seen: Literal["", "emulated"] = ""
    tables: str = ""
    mutants: list[Mutant] = []

    @property
    def window(self) -> Window:
        """The versions in which the change holds."""
        return Window(self.since, self.until)

    @property
    def digest(self) -> str:
        """A short SHA-256 over what is asked: window, level, endpoints, needs, tables, and the words of the sentences.

        Sources, notes, errata and mutants are not part of it, nor are case and punctuation of the sentences.
        """
        sentences = [
            re.findall(r"\w+", (text or "").lower()) for text in (self.says, self.before, self.after)
        ]
        facts = [
            self.since,
            self.until,
            self.level,
            self.endpoints,
            self.needs,
            bool(self.untestable),
            sentences,
            *([self.tables] if self.tables else []),
        ]
        return hashlib.sha256(codec.encode(facts)).hexdigest()[:12]


class Catalogue:
    """All changes in order: general statements, those of the reference, then by version, each as its file has them."""

    def __init__(
        self,
        changes: list[Change],
        documents: dict[str, Document],
        profiles: dict[str, Profile],
        needs: dict[str, Need],
    ) -> None:
        self.changes = {change.id: change for change in changes}
        self.documents = documents
        self.profiles = profiles
        self.needs = needs
        self._by_profile: dict[str, list[Change]] = {}

    def __getitem__(self, change_id: str) -> Change:
        return self.changes[change_id]

    def __contains__(self, change_id: object) -> bool:
        return change_id in self.changes

    @cached_property
    def versions(self) -> list[ApiVersion]:
        """The versions this catalogue has changes of, oldest first."""
        named = {change.id.partition("/")[0] for change in self.changes.values()} - {"general", "reference"}
        return sorted(ApiVersion.parse(name) for name in named)

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each change by its id."""
        return {name: change.digest for name, change in self.changes.items()}

    @cached_property
    def askable(self) -> list[ApiVersion]:
        """The versions in which a daemon can be asked, oldest first: documented, and not older than the oldest statement.

        A statement with an open window holds in versions that have no statements of their own yet.
        """
        return [version for version in releases() if self.versions and version >= self.versions[0]]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all data that a verdict rests on, as ``sha256:...``: the same changes give the same digest.

        Mutants are left out: they prove the checks and change no verdict.
        """
        changes = [msgspec.structs.replace(change, mutants=[]) for change in self.changes.values()]
        data = [changes, self.documents, self.profiles]
        return "sha256:" + hashlib.sha256(codec.encode(data, ordered=True)).hexdigest()

    def place(self, source: Source) -> str:
        """Where a source stands, for a reader: the title of its document, the section and, if it has one, the item."""
        item = f", item {source.item}" if source.item is not None else ""
        return f"{self.documents[source.document].title}, {source.section}{item}"

    def in_profile(self, name: str) -> list[Change]:
        """The changes of a profile; raises KeyError if there is no such profile."""
        if name not in self._by_profile:
            profile = self.profiles[name]
            self._by_profile[name] = [change for change in self.changes.values() if profile.has(change)]
        return self._by_profile[name]
