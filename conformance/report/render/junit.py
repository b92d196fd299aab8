"""A report as JUnit XML: one suite per API version, one test case per case.

``fail`` and ``not-implemented`` become ``<failure>``, ``error`` and ``blocked`` become ``<error>``, ``unserved``,
``unavailable`` and ``not-run`` become ``<skipped>``; each with its reason. A bad case that does not count (see
``conformance.report.outcome``) or is waived is ``<skipped>`` too, as JUnit knows no third colour; its message says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

import msgspec
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from conformance.catalogue import Catalogue
from conformance.model.text import visible
from conformance.model.verdicts import NOT_CONFORMANT, Result, Verdict
from conformance.report.evidence import NO_EVIDENCE, Evidence, read_evidence
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import Weight, weigh
from conformance.report.render import labels
from conformance.report.render.exchange_text import format_exchange

_WHY = {
    Weight.LEGACY: "legacy",
    Weight.CONTESTED: "contested: no genuine engine keeps this",
    Weight.NOT_REQUIRED: "not required",
}
_SKIPPED = frozenset({Verdict.UNSERVED, Verdict.UNAVAILABLE, Verdict.NOT_RUN})


def render_junit(report: Report, matrix: Matrix, catalogue: Catalogue) -> bytes:
    """The report as JUnit XML. Raises UsageError for damaged evidence."""
    bad = {
        result.case.key
        for result in report.results
        if result.verdict in NOT_CONFORMANT or result.verdict in (Verdict.BLOCKED, Verdict.ERROR)
    }
    evidence = {entry.key: entry for entry in read_evidence(report.path) if entry.key in bad}
    root = JUnitXml("docker-api-conformance")
    for version in matrix.versions:
        cases = [
            _case(result, matrix, catalogue, evidence.get(result.case.key, NO_EVIDENCE))
            for result in report.results
            if result.case.version == version
        ]
        root.add_testsuite(_suite(f"API v{version}", cases, report))
    if report.footer is None or not report.footer.complete:
        root.add_testsuite(_incomplete(report))
    if matrix.stale:
        root.add_testsuite(_stale(matrix))
    root.update_statistics()
    tree = ElementTree.fromstring(root.tostring())  # noqa: S314  written by ourselves, to be indented
    ElementTree.indent(tree)
    text: bytes = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _safe(text: str) -> str:
    """`text` without what XML cannot hold and what a viewer would act on."""
    return visible(text, lines=True)


def _suite(name: str, cases: list[TestCase], report: Report) -> TestSuite:
    suite = TestSuite(name)
    suite.timestamp = _safe(report.header.started.removesuffix("Z"))
    for fact, value in _facts(report):
        suite.add_property(_safe(fact), _safe(value))
    suite.add_testcases(cases)
    return suite


def _facts(report: Report) -> Iterable[tuple[str, str]]:
    header = report.header
    yield "suite.version", header.suite_version
    yield "catalogue", header.catalogue
    yield "run", header.run
    for name, value in sorted(msgspec.to_builtins(header.daemon).items()):
        if isinstance(value, str | bool):
            yield f"daemon.{name}", str(value)


def _case(result: Result, matrix: Matrix, catalogue: Catalogue, evidence: Evidence) -> TestCase:
    case = result.case
    element = TestCase(_safe(case.key), _safe(f"v{case.version}.{case.change}"), round(result.seconds, 3))
    if result.verdict is not Verdict.PASS:
        element.result = _outcome(result, matrix, catalogue, evidence)
    return element


def _outcome(result: Result, matrix: Matrix, catalogue: Catalogue, evidence: Evidence) -> FinalResult:
    """What JUnit says of a case that did not pass."""
    reason = labels.format_reason(result)
    message = _safe(f"{result.verdict}: {reason}" if reason else str(result.verdict))
    weight = weigh(result, catalogue.changes.get(result.case.change), matrix.strictness)
    if weight is not Weight.COUNTED:
        return Skipped(f"does not count ({_WHY[weight]}): {message}")
    if result.case.key in matrix.waived:
        return Skipped(f"{message} (waived: {_safe(matrix.waived[result.case.key].reason)})")
    if result.verdict in _SKIPPED:
        return Skipped(message)
    kind = Failure if result.verdict in NOT_CONFORMANT else Error
    found = kind(message, str(result.verdict))
    found.text = "\n".join(_story(result, catalogue, evidence))
    return found


def _story(result: Result, catalogue: Catalogue, evidence: Evidence) -> Iterable[str]:
    """What is documented, what was seen, and the last exchanges, as lines that are safe to show."""
    change = catalogue.changes.get(result.case.change)
    if change is not None:
        yield f"document: {labels.get_sentence(change, result.case.side)}"
        yield f"source: {labels.format_source(change, catalogue)}"
    yield f"seen: {visible(labels.format_reason(result))}"
    if evidence.detail:
        yield _safe(evidence.detail)
    for exchange in evidence.asked[-2:]:
        yield from (text for text, _ in format_exchange(exchange, result.reason))
        if exchange.curl:
            yield visible(exchange.curl)


def _incomplete(report: Report) -> TestSuite:
    """A run that was cut short must not look green: JUnit has no word for it, so it is one more case in error."""
    footer = report.footer
    why = (
        "the report has no footer: the run was interrupted"
        if footer is None
        else footer.why_incomplete or "the run is incomplete"
    )
    case = TestCase("the run is complete", "run", 0.0)
    case.result = Error(_safe(why), "incomplete")
    suite = TestSuite("run")
    suite.add_testcase(case)
    return suite


def _stale(matrix: Matrix) -> TestSuite:
    """A waiver that is no longer true turns a run red, so it is a failed case too."""
    suite = TestSuite("waivers")
    for stale in matrix.stale:
        case = TestCase(_safe(f"{stale.waiver.place or stale.waiver.change} still holds"), "waivers", 0.0)
        case.result = Failure(_safe(stale.why), "stale")
        suite.add_testcase(case)
    return suite
