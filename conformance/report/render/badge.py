"""A report as a badge: SVG with the versions and the numbers, readable without colour."""

from __future__ import annotations

from xml.sax.saxutils import escape

from conformance.model.text import plural
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.render import labels
from conformance.report.render.headline import describe_report, find_newest_conformant
from conformance.report.statements import count_statements

_GREEN, _YELLOW, _RED, _GREY = "#2e7d32", "#8a6d00", "#b3261e", "#5f6368"
# estimated widths of characters in 11 px sans-serif; textLength fits the text to the box
_WIDE, _NARROW = frozenset("mwMW%"), frozenset("iljtfrI.,:;|'- ")

_PAGE = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}">
<title>{label}</title>
<rect width="{left}" height="20" rx="3" fill="#333"/>
<rect x="{left}" width="{right}" height="20" rx="3" fill="{colour}"/>
<rect x="{seam}" width="6" height="20" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="6" y="14" textLength="{left_text}">{name}</text>
<text x="{right_at}" y="14" textLength="{right_text}">{value}</text>
</g>
</svg>
"""


def render_badge(report: Report, matrix: Matrix) -> str:
    """The badge of a report as SVG."""
    name = f"Docker API {labels.format_versions(matrix.versions)}".strip()
    value, colour = _value(report, matrix)
    left, right = _width(name) + 12, _width(value) + 12
    return _PAGE.format(
        width=left + right,
        left=left,
        right=right,
        seam=left - 3,
        left_text=left - 12,
        right_text=right - 12,
        right_at=left + 6,
        colour=colour,
        name=escape(name),
        value=escape(value),
        label=escape(describe_report(report, matrix), {'"': "&quot;"}),
    )


def _value(report: Report, matrix: Matrix) -> tuple[str, str]:
    """The right side and its colour."""
    if report.footer is None:
        return "interrupted", _GREY
    amounts = count_statements(matrix)
    if matrix.narrowed:
        asked = f"{amounts.asked} of {plural(amounts.total, 'statement')} asked"
        seen = f"{amounts.failed} deviate" if amounts.failed else "no deviation seen"
        return f"{asked}, {seen}", _RED if amounts.failed else _GREY
    numbers = f"{amounts.kept} of {plural(amounts.judged, 'statement')}"
    if matrix.outcome.code == 1:
        newest = find_newest_conformant(matrix)
        return f"{numbers}, conforms up to {newest}" if newest else numbers, _RED
    if matrix.outcome.code:
        return f"{numbers}, inconclusive", _GREY
    if amounts.waived:
        return f"{numbers}, {amounts.waived} waived", _YELLOW
    return numbers, _GREEN


def _width(text: str) -> int:
    """About how many pixels wide a text is."""
    return round(sum(9.5 if letter in _WIDE else 4.2 if letter in _NARROW else 7 for letter in text))
