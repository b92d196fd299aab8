"""A report as JUnit XML: one suite per API version, one test case per case.

``fail`` and ``not-implemented`` become ``<failure>``, ``error`` and ``blocked`` become ``<error>``, ``unserved``,
``unavailable`` and ``not-run`` become ``<skipped>``; each with its reason. What stands aside (see ``conformance.report.outcome``) is a
``<skipped>`` too when it is bad, as a consumer of JUnit knows no third colour; its message says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

import msgspec

from conformance.catalogue import Catalogue
from conformance.model.verdicts import NOT_CONFORMANT, Result, Verdict
from conformance.report.evidence import NO_EVIDENCE, Evidence, read_evidence
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import Weight, weigh
from conformance.report.render import labels
from conformance.report.render.exchange import exchange_lines

_WHY = {
    Weight.LEGACY: "legacy",
    Weight.CONTESTED: "contested: no genuine engine keeps this",
    Weight.NOT_REQUIRED: "not required",
}
_SKIPPED = frozenset({Verdict.UNSERVED, Verdict.UNAVAILABLE, Verdict.NOT_RUN})
# what XML 1.0 cannot hold, not even as a character reference
_INVALID = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe(text: str) -> str:
    r"""`text` with ``\xNN`` for each character that XML cannot hold."""
    return _INVALID.sub(lambda match: _code(ord(match[0])), text)


def _code(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def document(report: Report, matrix: Matrix, catalogue: Catalogue) -> bytes:
    """The report as JUnit XML. Raises UsageError for damaged evidence."""
    bad = {
        result.case.key
        for result in report.results
        if result.verdict in NOT_CONFORMANT or result.verdict in (Verdict.BLOCKED, Verdict.ERROR)
    }
    evidence = {entry.key: entry for entry in read_evidence(report.path) if entry.key in bad}
    root = ElementTree.Element("testsuites", name="docker-api-conformance")
    for version in matrix.versions:
        results = [result for result in report.results if result.case.version == version]
        root.append(_suite(version, results, report, matrix, catalogue, evidence))
    if report.footer is None or not report.footer.complete:
        root.append(_incomplete(report))
    if matrix.stale:
        root.append(_stale(matrix))
    _sum(root, list(root))
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(
    version: str,
    results: list[Result],
    report: Report,
    matrix: Matrix,
    catalogue: Catalogue,
    evidence: dict[str, Evidence],
) -> ElementTree.Element:
    suite = ElementTree.Element(
        "testsuite", name=f"API v{version}", timestamp=safe(report.header.started.removesuffix("Z"))
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _facts(report):
        ElementTree.SubElement(properties, "property", name=safe(name), value=safe(value))
    for result in results:
        suite.append(_case(result, matrix, catalogue, evidence.get(result.case.key, NO_EVIDENCE)))
    _count(suite, results)
    return suite


def _facts(report: Report) -> Iterable[tuple[str, str]]:
    header = report.header
    yield "suite.version", header.suite_version
    yield "catalogue", header.catalogue
    yield "run", header.run
    for name, value in sorted(msgspec.to_builtins(header.daemon).items()):
        if isinstance(value, str | bool):
            yield f"daemon.{name}", str(value)


def _case(result: Result, matrix: Matrix, catalogue: Catalogue, evidence: Evidence) -> ElementTree.Element:
    case = result.case
    change = catalogue.changes.get(case.change)
    element = ElementTree.Element(
        "testcase",
        classname=safe(f"v{case.version}.{case.change}"),
        name=safe(case.key),
        time=f"{result.seconds:.3f}",
    )
    if result.verdict is Verdict.PASS:
        return element
    message = safe(f"{result.verdict}: {result.reason}" if result.reason else str(result.verdict))
    weight = weigh(result, change, matrix.strictness)
    if weight is not Weight.COUNTED:
        ElementTree.SubElement(element, "skipped", message=f"does not count ({_WHY[weight]}): {message}")
    elif result.case.key in matrix.waived:
        ElementTree.SubElement(
            element, "skipped", message=f"{message} (waived: {safe(matrix.waived[result.case.key].reason)})"
        )
    elif result.verdict in _SKIPPED:
        ElementTree.SubElement(element, "skipped", message=message)
    else:
        kind = "failure" if result.verdict in NOT_CONFORMANT else "error"
        body = ElementTree.SubElement(element, kind, message=message, type=str(result.verdict))
        body.text = safe("\n".join(_story(result, catalogue, evidence)))
    return element


def _story(result: Result, catalogue: Catalogue, evidence: Evidence) -> Iterable[str]:
    change = catalogue.changes.get(result.case.change)
    if change is not None:
        yield f"document: {labels.statement(change, result.case.side)}"
        yield f"source: {labels.source_line(change, catalogue)}"
    yield f"seen: {labels.visible(result.reason)}"
    if evidence.detail:
        yield labels.visible(evidence.detail, lines=True)
    for exchange in evidence.asked[-2:]:
        yield from (text for text, _ in exchange_lines(exchange, result.reason))
        if exchange.curl:
            yield labels.visible(exchange.curl)


def _incomplete(report: Report) -> ElementTree.Element:
    """A run that was cut short must not look green: JUnit has no word for it, so it is one more case in error."""
    footer = report.footer
    why = (
        "the report has no footer: the run was interrupted"
        if footer is None
        else footer.why_incomplete or "the run is incomplete"
    )
    suite = ElementTree.Element(
        "testsuite", name="run", tests="1", failures="0", errors="1", skipped="0", time="0.000"
    )
    case = ElementTree.SubElement(
        suite, "testcase", classname="run", name="the run is complete", time="0.000"
    )
    ElementTree.SubElement(case, "error", message=safe(why), type="incomplete")
    return suite


def _stale(matrix: Matrix) -> ElementTree.Element:
    """A waiver that is no longer true turns a run red, so it is a failed case too."""
    amount = str(len(matrix.stale))
    suite = ElementTree.Element(
        "testsuite", name="waivers", tests=amount, failures=amount, errors="0", skipped="0", time="0.000"
    )
    for stale in matrix.stale:
        name = f"{stale.waiver.place or stale.waiver.change} still holds"
        case = ElementTree.SubElement(suite, "testcase", classname="waivers", name=safe(name), time="0.000")
        ElementTree.SubElement(case, "failure", message=safe(stale.why), type="stale")
    return suite


def _count(suite: ElementTree.Element, results: list[Result]) -> None:
    cases = list(suite.iter("testcase"))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("tests", str(len(cases)))
    suite.set("time", f"{sum(result.seconds for result in results):.3f}")


def _sum(root: ElementTree.Element, suites: list[ElementTree.Element]) -> None:
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}")
