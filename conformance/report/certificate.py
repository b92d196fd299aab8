"""Certificates: what a run proved of a profile, as an in-toto Statement with a test-result predicate, signed.

The statement names the report and its evidence by digest and repeats their results, so that verifying it computes all of
them again. A failing result can be certified too: a certificate says what was seen, not that it was good. An incomplete
run, a selection and an inconclusive verdict cannot be certified. Signatures are in ``signature``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from conformance.catalogue import Catalogue
from conformance.catalogue.check_index import suites_dir
from conformance.model import codec
from conformance.model.errors import Interrupted, UsageError
from conformance.model.policy import Policy
from conformance.model.verdicts import INCONCLUSIVE, NOT_CONFORMANT, Result, Verdict
from conformance.model.versions import ApiVersion
from conformance.report import matrix
from conformance.report.file import Report, verdict_digest
from conformance.report.matrix import Matrix
from conformance.report.outcome import Standing, Weight, count, summarize_profile, weigh

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
_FILTERS = ("change", "case", "shard", "keyword", "markexpr")


def make_statement(report: Report, evidence: Path, catalogue: Catalogue, profile: str) -> dict[str, Any]:
    """Write the statement of a profile from a report. The same report gives the same statement.

    Raises UsageError for a selection, another suite or a stale waiver, Interrupted for an inconclusive result.
    """
    _whole(report, catalogue, profile)
    arranged = matrix.build(report, catalogue)
    if arranged.stale:
        raise UsageError(
            f"{report.path}: a waiver is no longer true: {arranged.stale[0].why}; correct the waivers and run again"
        )
    counted = _of_weight(Weight.COUNTED, report, arranged, catalogue, profile)
    contested = _of_weight(Weight.CONTESTED, report, arranged, catalogue, profile)
    inconclusive = [result for result in counted if result.verdict in INCONCLUSIVE]
    if inconclusive:
        first = inconclusive[0]
        raise Interrupted(
            f"{report.path}: {len(inconclusive)} cases are inconclusive, such as {first.case.key}: {first.verdict}; run again"
        )
    summary = _summary(arranged, counted, catalogue, profile)
    if (
        Verdict.PASS not in summary.totals
        and not summary.waived
        and summary.standing is not Standing.NOT_CONFORMANT
    ):
        raise Interrupted(
            f"{report.path}: no case of profile {profile} passed or failed, so there is nothing to certify"
        )
    return {
        "_type": STATEMENT,
        "subject": [_subject("report", report.path), _subject("evidence", evidence)],
        "predicateType": PREDICATE,
        "predicate": {
            "result": _result(summary.standing, contested),
            "configuration": [
                {"name": "catalogue", "digest": {"sha256": catalogue.digest.removeprefix("sha256:")}},
                {"name": "suite", "digest": {"sha256": compute_suite_digest()}},
            ],
            **_tests([*counted, *contested], arranged, contested),
            "conformance": {
                **_conformance(report, arranged, counted, profile, summary.unasked, str(summary.standing)),
                "contested": list(dict.fromkeys(result.case.change for result in contested)),
            },
        },
    }


def _whole(report: Report, catalogue: Catalogue, profile: str) -> None:
    footer, header = report.finished(), report.header
    if profile not in catalogue.profiles:
        raise UsageError(f"there is no profile {profile!r}; there are {', '.join(catalogue.profiles)}")
    if not footer.complete:
        raise Interrupted(
            f"{report.path}: the run is incomplete ({footer.why_incomplete}); only a whole run is certified"
        )
    if header.policy is not Policy.EVERY_VERSION:
        raise UsageError(
            f"{report.path}: the run did not ask every version; only a run with --every-version is certified"
        )
    for name in _FILTERS:
        if header.selection.get(name):
            raise UsageError(
                f"{report.path}: the run was filtered by {name}; only all cases of a profile are certified"
            )
    chosen = header.selection.get("profile")
    if chosen and chosen != [profile] and not set(chosen) & {profile, "full"}:
        raise UsageError(f"{report.path}: the run asked for profile {', '.join(chosen)}, not for {profile}")
    if header.catalogue != catalogue.digest:
        raise UsageError(
            f"{report.path}: made with suite {header.suite_version} and catalogue {header.catalogue[:19]}..., this suite has "
            f"{catalogue.digest[:19]}...: use the suite that made the report"
        )


def _result(standing: Standing, contested: list[Result]) -> str:
    """The result in the words of the predicate."""
    if standing is Standing.CONFORMANT and not contested:
        return "PASSED"
    return "FAILED" if standing is Standing.NOT_CONFORMANT else "WARNED"


def _of_weight(
    weight: Weight, report: Report, arranged: Matrix, catalogue: Catalogue, profile: str
) -> list[Result]:
    """The results of a profile that have a weight."""
    inside = {change.id: change for change in catalogue.in_profile(profile)}
    return [
        result
        for result in report.results
        if (change := inside.get(result.case.change)) and weigh(result, change, arranged.strictness) is weight
    ]


def _summary(arranged: Matrix, counted: list[Result], catalogue: Catalogue, profile: str) -> Any:
    excused = [result for result in counted if result.case.key in arranged.waived]
    judged = [result for result in counted if result.case.key not in arranged.waived]
    return summarize_profile(profile, judged, catalogue, [*arranged.unasked, *arranged.untestable], excused)


def _subject(name: str, path: Path) -> dict[str, Any]:
    try:
        return {"name": name, "digest": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}}
    except OSError as error:
        raise UsageError(f"{path}: cannot read the file: {error.strerror}") from None


def compute_suite_digest() -> str:
    """SHA-256 over the names and texts of all suite files: the same checks give the same digest."""
    state = hashlib.sha256()
    folder = suites_dir()
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        state.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode() + data)
    return state.hexdigest()


def _tests(results: list[Result], arranged: Matrix, contested: list[Result]) -> dict[str, list[str]]:
    """The changes by the results of their cases, in the words of the predicate; contested deviations are warnings."""
    lists: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    by_change: dict[str, list[Result]] = {}
    excused = arranged.waived.keys() | {result.case.key for result in contested}
    for result in results:
        by_change.setdefault(result.case.change, []).append(result)
    for name, mine in by_change.items():
        bad = [result for result in mine if result.verdict in NOT_CONFORMANT]
        if any(result.case.key not in excused for result in bad):
            lists["failedTests"].append(name)
        elif bad or any(result.verdict is Verdict.UNAVAILABLE for result in mine):
            lists["warnedTests"].append(name)
        elif any(result.verdict is Verdict.PASS for result in mine):
            lists["passedTests"].append(name)
    return lists


def _conformance(
    report: Report, arranged: Matrix, counted: list[Result], profile: str, unasked: list[str], standing: str
) -> dict[str, Any]:
    header, footer = report.header, report.finished()
    used = {waiver.place + waiver.change: waiver for waiver in arranged.waived.values()}
    return {
        "profile": profile,
        "standing": standing,
        "daemon": msgspec.to_builtins(header.daemon),
        "suiteVersion": header.suite_version,
        "run": header.run,
        "started": header.started,
        "ended": footer.ended,
        "strictLegacy": arranged.strictness.legacy,
        "strictContested": arranged.strictness.contested,
        "reportDigest": footer.digest,
        "verdicts": footer.verdicts,
        "versions": {
            str(version): _version(version, report, counted, arranged) for version in arranged.versions
        },
        "waivers": [msgspec.to_builtins(waiver) for waiver in used.values()] if used else [],
        "unavailable": _unavailable(counted),
        "unasked": unasked,
        "leaks": footer.leaks,
    }


def _version(version: ApiVersion, report: Report, counted: list[Result], arranged: Matrix) -> dict[str, Any]:
    mine = [result for result in counted if result.case.version == version]
    excused = [result for result in mine if result.case.key in arranged.waived]
    return {
        "totals": {str(verdict): amount for verdict, amount in count(mine).items()},
        "waived": len(excused),
        "verdicts": verdict_digest(result for result in report.results if result.case.version == version),
    }


def _unavailable(counted: list[Result]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], int] = {}
    for result in counted:
        if result.verdict is Verdict.UNAVAILABLE:
            key = (result.case.change, result.reason)
            found[key] = found.get(key, 0) + 1
    return [
        {"change": change, "reason": reason, "cases": amount} for (change, reason), amount in found.items()
    ]


def get_profile(document: dict[str, Any]) -> str:
    """The profile of a statement. Raises UsageError for a document that is not a statement of this suite."""
    try:
        if document["_type"] != STATEMENT or document["predicateType"] != PREDICATE:
            raise UsageError(
                f"not a certificate: it is a {document['_type']} with a {document['predicateType']}"
            )
        return str(document["predicate"]["conformance"]["profile"])
    except (KeyError, TypeError):
        raise UsageError("not a certificate: it has no statement of a profile") from None


def compare_statements(signed: Any, found: Any, at: str = "") -> list[str]:
    """Where a signed statement differs from the one computed from the files, as paths with both values."""
    if isinstance(signed, dict) and isinstance(found, dict):
        names = [*signed, *(name for name in found if name not in signed)]
        return [
            line
            for name in names
            for line in compare_statements(signed.get(name), found.get(name), f"{at}.{name}" if at else name)
        ]
    if isinstance(signed, list) and isinstance(found, list) and len(signed) == len(found):
        return [
            line
            for place, pair in enumerate(zip(signed, found, strict=True))
            for line in compare_statements(*pair, f"{at}[{place}]")
        ]
    return (
        []
        if signed == found
        else [f"{at}: the certificate says {_short(signed)}, the files say {_short(found)}"]
    )


def _short(value: Any) -> str:
    text = codec.encode(value).decode()
    return text if len(text) <= 80 else f"{text[:79]}…"
