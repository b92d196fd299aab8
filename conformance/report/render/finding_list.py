"""All findings of a report, a line each, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from conformance.model import codec
from conformance.model.text import one_line, plural, visible
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.render.console import Printer, get_outcome_style, print_hanging
from conformance.report.render.deviations import Finding, count_deviating, find_kinds, format_span, has_shares
from conformance.report.render.headline import describe_verdict
from conformance.report.render.reasons import fit_reason
from conformance.report.statements import Amounts, count_by_noun

#: Columns that a statement's id gets, where it is not longer; characters of a reason, at most and at least.
_NAME, _REASON, _LEAST = 44, 400, 24
_NEEDED, _OTHER = "* ", "  "


def print_findings(report: Report, matrix: Matrix, findings: Sequence[Finding], out: Console) -> None:
    """Print the verdict, the share of each noun, and each finding in a line, by kind."""
    printer = Printer(out)
    printer.print_line(visible(describe_verdict(report, matrix)), get_outcome_style(matrix.outcome))
    if has_shares(report, matrix):
        print_nouns(matrix, printer)
    for kind in find_kinds(findings):
        printer.print_heading(f"{kind.name} ({plural(len(kind.statements), 'statement')})")
        wide = min(_NAME, max(len(visible(one.name)) for one in kind.findings))
        long = max(len(format_span(one.versions)) for one in kind.findings)
        for one in kind.findings:
            _print_finding(one, wide, long, out)
    printer.print_line()
    if not findings:
        printer.print_line("No finding.")
        return
    printer.print_line(f"Listed: {plural(count_deviating(findings), 'statement')}.")
    if needing := list(dict.fromkeys(client for one in findings for client in one.clients)):
        printer.print_line(Text(f"* needed by a client that was recorded: {', '.join(needing)}"))


def print_nouns(matrix: Matrix, printer: Printer) -> None:
    """Print how many statements of each noun are kept."""
    amounts = count_by_noun(matrix)
    if not any(one.judged for one in amounts.values()):
        return
    printer.print_heading("By noun")
    wide = max(len(noun) for noun in amounts)
    for noun, one in amounts.items():
        printer.print_line(f"{noun:<{wide}}  {describe_amounts(one)}", indent=2)


def describe_amounts(amounts: Amounts) -> str:
    """The share that is kept, and the numbers behind it: `` 77.2 %  318 of 412 kept; 94 deviate; 40 not judged``."""
    if not amounts.judged:
        return f"none of {amounts.asked} judged"
    said = [f"{amounts.kept} of {amounts.judged} kept"]
    if amounts.failed:
        said.append(f"{amounts.failed} {'deviates' if amounts.failed == 1 else 'deviate'}")
    if amounts.waived:
        said.append(f"{amounts.waived} waived")
    if amounts.unjudged:
        said.append(f"{amounts.unjudged} not judged")
    return f"{amounts.share:>6}  {'; '.join(said)}"


def _print_finding(one: Finding, wide: int, long: int, out: Console) -> None:
    """Print a finding in a line; on further ones, what does not fit."""
    mark, name, span = _NEEDED if one.clients else _OTHER, visible(one.name), format_span(one.versions)
    reason = one_line(one.reason, _REASON)
    head = f"{mark}{name:<{wide}}  {span:<{long}}"
    if len(head) + 2 + len(reason) <= out.width:
        _print_whole(f"{head}  {reason}", out)
        return
    if len(head) > out.width:
        print_hanging(out, Text(mark), Text(name))
        head = f"    {span}"
    _print_whole(head.rstrip(), out)
    _print_whole(f"      {fit_reason(one.reason, max(out.width - 6, _LEAST))}", out)


def _print_whole(line: str, out: Console) -> None:
    out.print(Text(line), no_wrap=True, overflow="ignore", crop=False)


def render_json(report: Report, matrix: Matrix, findings: Sequence[Finding]) -> bytes:
    """The same as one JSON object with a line feed at its end."""
    return codec.encode_indented(
        {
            "report": str(report.path),
            "daemon": codec.to_builtins(report.header.daemon),
            "nouns": {
                noun: {"kept": one.kept, "judged": one.judged, "deviate": one.failed, "asked": one.asked}
                for noun, one in count_by_noun(matrix).items()
            },
            "findings": [
                {
                    "name": one.name,
                    "kind": one.kind,
                    "noun": one.noun,
                    "versions": [str(version) for version in one.versions],
                    "reason": one.reason,
                    "statements": one.statements,
                    "needed_by": one.clients,
                }
                for one in findings
            ],
        }
    )
