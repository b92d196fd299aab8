"""Reports as one self-contained page: it loads nothing and sends nothing.

The summary is written out here; a script in the page builds the matrix from the data that the page carries
(``conformance.report.render.html_data``). All text of a daemon is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import shlex
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

import jinja2
import msgspec
from markupsafe import Markup

from conformance.catalogue import Catalogue
from conformance.model import codec
from conformance.model.text import capitalize, one_line, visible
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import Standing, Totals, VersionSummary
from conformance.report.render import labels
from conformance.report.render.deviations import FEW_FINDINGS, find_kinds, has_shares
from conformance.report.render.headline import (
    describe_rest,
    describe_verdict,
    find_newest_conformant,
)
from conformance.report.render.html_comparison import find_reference
from conformance.report.render.html_coverage import describe_coverage
from conformance.report.render.html_data import PageReport, page_data
from conformance.report.render.stretches import Stretch, find_stretches
from conformance.report.staleness import Staleness, staleness
from conformance.report.statements import count_by_noun, count_statements

_TONES = {
    Standing.CONFORMANT: "good",
    Standing.WAIVED: "odd",
    Standing.NOT_CONFORMANT: "bad",
    Standing.UNKNOWN: "odd",
    Standing.INCOMPLETE: "odd",
}
_OUTCOMES = {0: "good", 1: "bad"}
# inside a script element these would end it, start a comment, or break a line of JavaScript
_ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


@cache
def _file(name: str) -> str:
    return resources.files("conformance.report.render").joinpath("page", name).read_text("utf-8")


def render_page(parts: list[PageReport], catalogue: Catalogue) -> str:
    """The page of one report or several, of those the best first. Raises UsageError for damaged evidence."""
    parts = sorted(parts, key=lambda part: -count_statements(part.matrix).tenths)
    script = _file("page.js")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.from_string(_file("page.html.j2")).render(
        title=_title(parts),
        reference=_reference(parts),
        reports=[
            _report(part.report, part.matrix, catalogue) | _parts(part, place)
            for place, part in enumerate(parts)
        ],
        legend=[
            {"name": str(verdict), "sign": labels.SIGNS[verdict], "means": labels.MEANING[verdict]}
            for verdict in Verdict
        ],
        origin="; ".join(_origin(part.report) for part in parts),
        # the three files belong to the suite, and embedded() escapes the data
        style=Markup(_file("page.css")),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=f"sha256-{digest}",
        data=Markup(embedded(page_data(parts, catalogue))),  # noqa: S704
    )


def embedded(document: Any) -> str:
    """A document as JSON that is safe inside a script element, whatever its texts contain."""
    return codec.encode(document).decode().translate(_ESCAPES)


def _title(parts: list[PageReport]) -> str:
    names = [labels.format_daemon(part.report.header.daemon) for part in parts]
    return names[0] if len(names) == 1 else f"{len(names)} daemons compared"


def _reference(parts: list[PageReport]) -> str:
    """The name of the daemon that the others are held against; "" if there is none."""
    place = find_reference([part.report for part in parts])
    return "" if place is None else labels.format_daemon(parts[place].report.header.daemon)


def _parts(part: PageReport, place: int) -> dict[str, Any]:
    """What a report comes to by noun, and the kinds of many findings, each with the link that shows only its statements."""
    kinds = find_kinds(part.findings) if len(part.findings) > FEW_FINDINGS else []
    return {
        "nouns": [
            {
                "name": noun,
                "link": _link(place, noun=noun),
                "share": one.share if one.judged else "",
                "amounts": one,
            }
            for noun, one in count_by_noun(part.matrix).items()
            if has_shares(part.report, part.matrix)
        ],
        "kinds": [
            {"name": kind.name, "link": _link(place, kind=kind.name), "amount": len(kind.statements)}
            for kind in kinds
        ],
    }


def _link(place: int, **filters: str) -> str:
    """The address inside the page that shows only what the filters leave of the report at `place`."""
    return "#" + urlencode({"report": place, **filters} if place else filters)


def _origin(report: Report) -> str:
    header = report.header
    return f"{labels.format_daemon(header.daemon)}: suite {visible(header.suite_version or 'unknown')}, run {visible(header.run or 'unknown')}"


def _report(report: Report, matrix: Matrix, catalogue: Catalogue) -> dict[str, Any]:
    newest = find_newest_conformant(matrix)
    # that a daemon does not conform is in the verdict
    unclear = matrix.outcome.code not in (0, 1) or matrix.stale
    return {
        "name": labels.format_daemon(report.header.daemon),
        "sentence": describe_verdict(report, matrix).replace(" %", "\u00a0%"),
        "why": visible(f"{capitalize(matrix.outcome.why)}.") if unclear else "",
        "rest": describe_rest(report, matrix),
        "tone": "" if matrix.passed_in_part else _OUTCOMES.get(matrix.outcome.code, "odd"),
        "stretches": [_stretch(one) for one in find_stretches(matrix.summaries)],
        "versions": [_version(summary, newest) for summary in matrix.summaries],
        "repeat": labels.format_repeat(report.header),
        "waive": f"docker-conformance waivers suggest {visible(shlex.quote(report.path.name))}",
        "coverage": describe_coverage(report),
        "facts": list(_facts(report, matrix, staleness(report, catalogue))),
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {
        "versions": stretch.versions,
        "standing": str(stretch.standing),
        "tone": _TONES.get(stretch.standing, ""),
        "counts": stretch.counts,
        "bar": _bar(stretch.totals, stretch.waived),
    }


def _bar(totals: Totals, waived: int) -> list[dict[str, str]]:
    """The share of each verdict in per cent."""
    pieces = [(str(verdict), amount) for verdict, amount in totals.items()]
    pieces += [("waived", waived)] if waived else []
    whole = sum(amount for _, amount in pieces) or 1
    return [{"verdict": name, "percent": f"{100 * amount / whole:.3f}"} for name, amount in pieces]


def _version(summary: VersionSummary, newest: ApiVersion | None) -> dict[str, Any]:
    apart = {
        "waived": summary.waived,
        "legacy": summary.legacy,
        "contested": summary.contested,
        "not counted": summary.aside,
    }
    return {
        "version": str(summary.version),
        "standing": str(summary.standing),
        "tone": _TONES.get(summary.standing, ""),
        "newest": summary.version == newest,
        "counts": labels.format_totals(summary.totals),
        "apart": "; ".join(
            f"{name}: {labels.format_totals(totals)}" for name, totals in apart.items() if totals
        ),
        "bar": _bar(summary.totals, sum(summary.waived.values())),
    }


def _facts(report: Report, matrix: Matrix, stale: Staleness) -> Iterable[tuple[str, str]]:
    header, footer = report.header, report.footer
    names = (
        "engine",
        "version",
        "commit",
        "os",
        "arch",
        "kernel",
        "storage_driver",
        "url",
        "target",
        "oldest",
        "newest",
    )
    for name in names:
        if getattr(header.daemon, name):
            yield name.replace("_", " "), one_line(getattr(header.daemon, name))
    for name, value in msgspec.to_builtins(header.host).items():
        if value and isinstance(value, str | int):
            yield f"host {name.replace('_', ' ')}", one_line(str(value))
    for name, missing in header.host.capabilities.items():
        if missing:
            yield f"missing: {one_line(name)}", one_line(missing)
    yield "suite", visible(header.suite_version)
    yield "catalogue", visible(header.catalogue)
    for line in labels.describe_staleness(stale):
        yield "its rows", line
    yield (
        "selection",
        ", ".join(f"{visible(name)}: {one_line(str(value))}" for name, value in header.selection.items())
        or "all",
    )
    yield "cases", str(len(report.results))
    yield "workers", str(header.workers)
    yield "started", visible(header.started)
    if footer is not None:
        yield "ended", visible(footer.ended)
        yield (
            "duration",
            f"{footer.seconds:.0f} s, of which the daemon took {footer.daemon_seconds:.0f} s (over all workers)",
        )
        yield "verdict digest", visible(footer.verdicts)
    for leak in footer.leaks if footer else []:
        yield "leaked", one_line(leak)
    for name, changes in (("not asked for", matrix.unasked), ("cannot be tested", matrix.untestable)):
        if changes:
            yield name, one_line(", ".join(change.id for change in changes), 4000)
