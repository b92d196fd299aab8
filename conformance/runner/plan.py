"""The plan of a run: the daemon, the versions, and which check is asked in which of them."""

from __future__ import annotations

import msgspec

from conformance.catalogue import Catalogue
from conformance.catalogue.binding import Binding
from conformance.catalogue.planner import choose_versions
from conformance.engine.identity import Daemon
from conformance.environment.ledger import RunInfo
from conformance.environment.test_image import TestImage
from conformance.http.timeouts import Timeouts
from conformance.model.errors import UsageError
from conformance.model.policy import Policy
from conformance.model.shard import Shard
from conformance.model.versions import ApiVersion, parse_selection
from conformance.report.outcome import USUAL, Strictness
from conformance.runner.options import RunOptions


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the checks that the user selected: statements, cases by their keys (None is all), a shard."""

    changes: list[str] | None = None
    cases: list[str] | None = None
    shard: Shard | None = None

    def has(self, change: str) -> bool:
        """Whether checks of the statement are selected."""
        return (self.changes is None or change in self.changes) and (
            self.cases is None or any(key.startswith(f"{change}::") for key in self.cases)
        )


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Which checks are asked, and in which versions."""

    versions: list[ApiVersion]
    policy: Policy = Policy.EVERY_VERSION
    selection: Selection = Selection()

    def versions_of(self, binding: Binding) -> list[ApiVersion]:
        """The versions in which a check is asked, as the policy chooses them."""
        if not self.selection.has(binding.change):
            return []
        covered = [version for version in self.versions if binding.covers(version)]
        return choose_versions(binding.change, covered, self.policy)


class Plan(Scope, frozen=True, kw_only=True):
    """What a run does, as a worker needs it. It is JSON on its way there (see ``conformance.model.codec``).

    `early` says whether checks marked so may run before their turn. `ends` is when the run's time is over, on the clock of
    ``time.monotonic`` (which is one for all processes of a host); 0 is never.
    """

    daemon: Daemon
    run: RunInfo
    image: TestImage
    strictness: Strictness = USUAL
    secrets: list[str] = []
    timeouts: Timeouts = Timeouts()
    early: bool = True
    ends: float = 0.0


def choose_policy(options: RunOptions) -> Policy:
    """In how many versions a check is asked. A case that is named is asked, whichever version represents it otherwise."""
    if options.quick:
        return Policy.EDGES
    return Policy.EVERY_VERSION if options.every_version or options.case else Policy.CLASSES


def select(options: RunOptions, catalogue: Catalogue) -> Selection:
    """What the options select. Raises UsageError for a statement or a profile that the catalogue does not have."""
    chosen: set[str] = set()
    for change in options.change:
        if change not in catalogue:
            raise UsageError(f"unknown statement {change!r} ('docker-conformance list' shows all)")
        chosen.add(change)
    for profile in options.profile:
        if profile not in catalogue.profiles:
            raise UsageError(f"unknown profile {profile!r}; there are {', '.join(catalogue.profiles)}")
        chosen |= {change.id for change in catalogue.in_profile(profile)}
    narrowed = bool(options.change or options.profile)
    return Selection(
        changes=sorted(chosen) if narrowed else None, cases=list(options.case) or None, shard=options.shard
    )


def choose_scope(options: RunOptions, catalogue: Catalogue, daemon: Daemon | None = None) -> Scope:
    """What a run with these options asks of the daemon; without one, what it asks of one that serves every version.

    Raises UsageError for what cannot be selected, or if the daemon serves no version of the selection.
    """
    selection = select(options, catalogue)
    if daemon is not None:
        versions, _ = split_served(plan_versions(catalogue, daemon, options.api), daemon)
    else:
        try:
            versions = parse_selection(options.api or "all", catalogue.askable)
        except ValueError as error:
            raise UsageError(f"--api {error}") from None
    return Scope(versions=versions, policy=choose_policy(options), selection=selection)


def plan_versions(catalogue: Catalogue, daemon: Daemon, selection: str = "") -> list[ApiVersion]:
    """The versions of a run, ascending: those that `selection` names (see parse_selection()), by default all.

    Of a range only the versions that the daemon serves are taken. Raises UsageError for a selection that is invalid, or
    that leaves no version.
    """
    known = catalogue.askable
    try:
        versions = parse_selection(selection or "all", known, asks=daemon.serves)
    except ValueError as error:
        raise UsageError(f"--api {error}") from None
    if not versions:
        wanted = (
            f"--api {selection}" if selection else f"of the catalogue's versions ({known[0]}-{known[-1]})"
        )
        raise _none_served(wanted, daemon)
    return versions


def split_served(versions: list[ApiVersion], daemon: Daemon) -> tuple[list[ApiVersion], list[ApiVersion]]:
    """The versions that the daemon serves, and the others. Raises UsageError if it serves none of them."""
    served = [version for version in versions if daemon.serves(version)]
    if not served:
        raise _none_served(f"--api {','.join(map(str, versions))}", daemon)
    return served, [version for version in versions if version not in served]


def _none_served(wanted: str, daemon: Daemon) -> UsageError:
    return UsageError(f"{wanted}: the daemon serves none of them (it serves {daemon.oldest}-{daemon.newest})")
