"""What is wrong with a statement of the catalogue. Each rule yields pairs: the word where the eye should go, and a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from conformance.catalogue.operations import operations
from conformance.catalogue.toml_file import Problem
from conformance.model.changes import Catalogue, Change, Profile
from conformance.model.mutants import Mutant, problems
from conformance.model.versions import ApiVersion

#: That the daemon serves a version, in which alone an effect can be seen.
_SERVED = re.compile(r"api-(\d+\.\d+)")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ENDPOINT = re.compile(r"(GET|HEAD|POST|PUT|DELETE|any) ?(/[^\s{}]*)?")


def statement_problems(
    change: Change, table: str, version: ApiVersion | None, known: Catalogue
) -> Iterator[Problem]:
    """What is wrong with a statement alone. `table` is its name in the file, `version` that of the file if it has one.

    `known` has the documents and profiles that it may name.
    """
    if not _ID.fullmatch(table):
        yield "", "an id consists of lower-case words and hyphens"
    yield from chain(
        _wrong_window(change, version),
        _wrong_references(change, known),
        _wrong_sources(change, known),
        _wrong_contest(change),
    )


def profile_problems(profile: Profile) -> Iterator[Problem]:
    """What is wrong with a profile."""
    for name in profile.operations or []:
        known = operations().get(name)
        if name != "any" and (known is None or known.name != name):
            meant = f"; the documents call it {known.name}" if known is not None else ""
            yield name, f"unknown operation {name!r}{meant}"
    if profile.operations is not None and not profile.source:
        yield "operations", "`operations` needs a source"


def mutant_problems(change: Change, mutants: list[Mutant]) -> Iterator[Problem]:
    """What is wrong with the mutants of a statement."""
    names = [mutant.name for mutant in mutants]
    if len(names) != len(set(names)):
        yield "", "two mutants have the same name"
    for mutant in mutants:
        yield from problems(mutant)
        if mutant.side != "since" and getattr(change, mutant.side) is None:
            yield (
                mutant.name,
                f"mutant {mutant.name}: side = {mutant.side!r}, but the statement has no `{mutant.side}`",
            )


def reference_problems(change: Change, known: Catalogue) -> Iterator[Problem]:
    """What is wrong with the statement that takes over from this one; `known` has all statements."""
    if change.replaced_by is None:
        return
    successor = known.changes.get(change.replaced_by)
    if successor is None:
        yield "replaced_by", f"unknown statement {change.replaced_by!r}"
        return
    end = change.window.until
    if end is None:
        yield "replaced_by", "has `replaced_by` without `until`"
    elif end.next_minor() != successor.since:
        yield (
            "replaced_by",
            f"it holds until {end}, but {successor.id} holds since {successor.since}: the windows do not meet",
        )
    if change.after is not None:
        yield "after", "has `after` and `replaced_by`: only one may say what holds above the window"


def _wrong_window(change: Change, version: ApiVersion | None) -> Iterator[Problem]:
    if change.until is not None and change.since > change.until:
        yield "until", f"the window runs backwards: {change.since} to {change.until}"
    if version is not None and change.since != version:
        yield "since", f"since is {change.since}, but this is the file of {version}"
    if change.after is not None and change.until is None:
        yield "after", "has `after` without `until`"


def _wrong_references(change: Change, known: Catalogue) -> Iterator[Problem]:
    if change.profile not in known.profiles:
        yield (
            "profile",
            f"unknown profile {change.profile!r}; profiles.toml has {', '.join(known.profiles)}",
        )
    for need in change.needs:
        if need not in known.needs and not _SERVED.fullmatch(need):
            yield (
                need,
                f"unknown need {need!r}; needs.toml has {', '.join(known.needs)}, and there is api-MAJOR.MINOR",
            )
    for endpoint in change.endpoints:
        if not _ENDPOINT.fullmatch(endpoint):
            yield (
                "endpoints",
                f"not an endpoint: {endpoint!r} (expected METHOD /path, with parameters as (id))",
            )


def _wrong_sources(change: Change, known: Catalogue) -> Iterator[Problem]:
    if not change.sources:
        yield "sources", "needs at least one source"
    for source in change.sources:
        if source.document not in known.documents:
            yield source.document, f"unknown document {source.document!r}; documents.toml does not have it"
            continue
        bullets = known.documents[source.document].bullets.get(source.section)
        if bullets is not None and source.item is not None and not 1 <= source.item <= bullets:
            yield "sources", f"{source.document} {source.section} has {bullets} items, not {source.item}"


def _wrong_contest(change: Change) -> Iterator[Problem]:
    if change.contested is None:
        return
    if change.level == "informative":
        yield "contested", "is informative: it never counts, so it cannot be contested"
    if not change.contested.reason.strip():
        yield "contested", "`contested` needs a reason"
    if not any(change.contested.engines.values()):
        yield "contested", "`contested` needs at least one engine with a version"
