"""Surveys over many cases: the clean proxy must change no verdict, a harmless difference neither, and every status and
member that a check reads must matter to it.
"""

from __future__ import annotations

import enum
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import msgspec

from conformance.catalogue import Catalogue, Mutant
from conformance.model.results import Case, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation.controls import CONTROLS
from conformance.mutation.faults import edits
from conformance.mutation.pool import Crew, Hand
from conformance.mutation.protocol import Noted, Order
from conformance.mutation.proxy.match import pattern
from conformance.mutation.result import NOTICED

#: The last part of a path that is no name of the day.
_WORD = re.compile("[a-z_]+")
Listen = Callable[[str], None]


def chosen_cases(crew: Crew, catalogue: Catalogue, *, every_version: bool) -> list[Case]:
    """The cases of a survey: every side of every change in its newest version of the catalogue, or in all."""
    if every_version:
        return crew.cases
    known = catalogue.versions
    best: dict[tuple[str, str], ApiVersion] = {}
    for case in crew.cases:
        side, version = (case.change, str(case.side)), ApiVersion.parse(case.version)
        if side not in best or (version in known, version) > (best[side] in known, best[side]):
            best[side] = version
    return [
        case for case in crew.cases if best[case.change, str(case.side)] == ApiVersion.parse(case.version)
    ]


class Difference(msgspec.Struct, frozen=True):
    """A case whose verdict changed where it must not: how it was, how it is now, and under what.

    `steady` is False when a second look gave the old verdict again, or when the case changes by itself.
    """

    under: str
    before: Result
    after: Result
    steady: bool = True


def _run(
    crew: Crew,
    cases: list[str],
    order: Callable[[list[str]], Order],
    listen: Listen,
    met: Counter[str] | None = None,
) -> dict[str, Result]:
    """Run cases, those of one check together; returns the results by key, and counts in `met` what was made different."""
    results: dict[str, Result] = {}

    def task(keys: list[str], hand: Hand) -> None:
        asked = order(keys)
        outcome = hand.ask(asked)
        for run in outcome.runs:
            results[run.result.case.key] = run.result
        if met is not None:
            with counting:
                met[asked.control] += outcome.reached
        listen(keys[-1])

    counting = threading.Lock()

    groups: dict[str, list[str]] = {}
    for key in cases:
        groups.setdefault(key.partition("[")[0], []).append(key)
    crew.share(partial(task, keys) for keys in groups.values())
    return results


def _differing(before: dict[str, Result], after: dict[str, Result]) -> list[str]:
    return [
        key for key, result in before.items() if key in after and after[key].verdict is not result.verdict
    ]


def clean(direct: Crew, proxied: Crew, cases: list[str], listen: Listen) -> list[Difference]:
    """Cases whose verdict through the proxy, with nothing broken, is not the one without it."""
    plain = partial(_order)
    before = _run(direct, cases, plain, listen)
    after = _run(proxied, cases, plain, listen)
    differing = _differing(before, after)
    again = _run(direct, differing, plain, listen), _run(proxied, differing, plain, listen)
    return [
        Difference(
            "the clean proxy",
            before[key],
            after[key],
            again[0][key].verdict is before[key].verdict and again[1][key].verdict is after[key].verdict,
        )
        for key in differing
    ]


def _order(keys: list[str], control: str = "") -> Order:
    return Order(cases=keys, control=control)


def controls(crew: Crew, cases: list[str], listen: Listen, met: Counter[str]) -> list[Difference]:
    """Cases that pass, and no longer do under a difference that breaks no promise; `met` counts the answers it was made in."""
    before = {
        key: result
        for key, result in _run(crew, cases, _order, listen).items()
        if result.verdict is Verdict.PASS
    }
    found = []
    for name in CONTROLS:
        under = partial(_order, control=name)
        after = _run(crew, list(before), under, listen, met)
        differing = _differing(before, after)
        again, still = _run(crew, differing, under, listen), _run(crew, differing, _order, listen)
        found += [
            Difference(
                name,
                before[key],
                after[key],
                again[key].verdict is not Verdict.PASS and still[key].verdict is Verdict.PASS,
            )
            for key in differing
        ]
    return found


class Notice(enum.StrEnum):
    """Whether a check noticed a fault that its own reading implies."""

    NOTICED = "noticed"
    PASSED = "passed"  # it read the member, or saw the status, and passes all the same
    UNSURE = "unsure"  # blocked or error
    UNREACHED = "unreached"


class Automatic(msgspec.Struct, frozen=True, kw_only=True):
    """A fault derived from what a case read, and what the case made of it."""

    case: Case
    asked: str
    fault: str
    notice: Notice
    reason: str = ""


def automatic(crew: Crew, cases: list[str], listen: Listen) -> list[Automatic]:
    """For each case that passes: turn each success into a refusal and back, drop and retype each member that it read."""
    found: list[Automatic] = []

    def task(key: str, hand: Hand) -> None:
        run = hand.ask(Order(cases=[key], notes=True)).runs[0]
        if run.result.verdict is Verdict.PASS:
            for place in range(len(run.exchanges)):
                found.extend(_try_exchange(hand, run.result.case, run.exchanges, place))
        listen(key)

    crew.share(partial(task, key) for key in cases)
    place = {key: number for number, key in enumerate(cases)}
    return sorted(found, key=lambda row: place[row.case.key])


def _try_exchange(hand: Hand, case: Case, exchanges: list[Noted], place: int) -> Iterator[Automatic]:
    exchange = exchanges[place]
    # Where all versions ask for an environment at the same time, only those of one version have an order.
    versions = _version(exchange) or "unversioned"
    method, _, last = _kind(exchange)
    # A program that is overheard asks for more than what is looked at, so the method and a word that lasts tell which it is.
    path = f"*/{last}" if _WORD.fullmatch(last) else "*"
    fits = pattern(path)
    ordinal = sum(
        (other.method, _version(other)) == (method, _version(exchange)) and bool(fits.fullmatch(_bare(other)))
        for other in exchanges[:place]
    )
    alike = sum(_kind(other) == _kind(exchange) for other in exchanges)
    for label, candidates in _faults(exchange):
        notice, reason = Notice.UNREACHED, ""
        for mutant in candidates:
            mutant = msgspec.structs.replace(mutant, method=method, path=path, versions=versions)
            outcome = hand.ask(Order(cases=[case.key], change=case.change, mutant=mutant, ordinal=ordinal))
            if outcome.reached and outcome.runs[0].result.verdict is Verdict.PASS:
                every = msgspec.structs.replace(mutant, path=f"*/{last}")
                others = hand.ask(Order(cases=[case.key], change=case.change, mutant=every))
                # More were broken than the case reads: others read theirs of the same stage, in no order.
                outcome = others if others.reached and others.matched > alike else outcome
            if outcome.trouble:
                notice, reason = Notice.UNSURE, outcome.trouble[0]
                break
            if outcome.reached:
                result = outcome.runs[0].result
                notice = (
                    Notice.NOTICED
                    if result.verdict in NOTICED
                    else Notice.PASSED
                    if result.verdict is Verdict.PASS
                    else Notice.UNSURE
                )
                reason = f"{result.verdict} {result.reason}" if notice is Notice.UNSURE else ""
                break
        asked = f"{exchange.method} {exchange.target} ({exchange.status})"
        yield Automatic(case=case, asked=asked, fault=label, notice=notice, reason=reason)


def _version(exchange: Noted) -> str:
    return edits.version_of(exchange.target)


def _bare(exchange: Noted) -> str:
    return edits.with_version(exchange.target.partition("?")[0], "")


def _kind(exchange: Noted) -> tuple[str, str, str]:
    """Method, version and the last word of the path; what stands between are names of the day."""
    return exchange.method, _version(exchange), exchange.target.partition("?")[0].rpartition("/")[2]


def _faults(exchange: Noted) -> Iterator[tuple[str, list[Mutant]]]:
    """The faults that an exchange implies: a label, and the ways to say it of which the first that bites counts."""
    for to in _other_statuses(exchange.status):
        yield f"status {to}", [Mutant(name="automatic", fault="status", path="*", args={"to": to})]
    for path in _leaves(exchange.reads, exchange.absent):
        # the first part may be the number of a message in a stream, which a path into each message does not have
        paths = [path, path[1:]] if path[0] == "*" and len(path) > 1 else [path]
        members = [".".join(parts) for parts in paths]
        yield (
            f"{members[0]} dropped",
            [Mutant(name="automatic", fault="drop", path="*", args={"member": member}) for member in members],
        )
        yield (
            f"{members[0]} of another type",
            [
                Mutant(name="automatic", fault="retype", path="*", args={"member": member, "type": "other"})
                for member in members
            ],
        )


def _other_statuses(status: int) -> list[int]:
    """A status of another class; another one of the same class is for the mutants, as not every claim names its status."""
    return [500] if status < 400 else [200]


def _leaves(reads: list[list[str | int]], absent: list[list[str | int]]) -> list[list[str]]:
    """The deepest members that were read, every element of an array alike.

    What was not there cannot be broken, and names with dots cannot be said: they are left out.
    """
    paths = set(map(_general, filter(None, reads)))
    missing = set(map(_general, absent)) - {_general(path) for path in reads if path not in absent}
    inner = {path[:length] for path in paths for length in range(1, len(path))}
    leaves = sorted(path for path in paths - inner - missing if not any("." in part for part in path))
    return [list(path) for path in leaves]


def _general(path: list[str | int]) -> tuple[str, ...]:
    return tuple("*" if isinstance(part, int) else part for part in path)
