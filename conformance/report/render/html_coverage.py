"""The coverage of a run for its page: the numbers of each version, members that never came, members that no document knows."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from conformance.catalogue.coverage_reasons import FactKind, coverage_reasons
from conformance.catalogue.operations import operations
from conformance.model.text import visible
from conformance.model.versions import ApiVersion
from conformance.report.coverage import Coverage, measure
from conformance.report.file import Report
from conformance.report.render.coverage import PLURALS

#: Lines of each list: more are for the command ``coverage --members``.
_LONGEST_LIST = 2000


def describe_coverage(report: Report) -> dict[str, Any] | None:
    """The coverage of a report for the template; None if the report has none."""
    versions = [version for version in report.header.versions if report.header.daemon.serves(version)]
    if report.coverage is None or not versions:
        return None
    coverage = measure(report.coverage, versions, operations().values(), coverage_reasons())
    newest = max(coverage.versions)
    never = [(fact.operation, _member(fact.name)) for fact in coverage.never_seen()]
    unknown = [
        (one.operation, _member(one.name) + (f" (like {visible(one.nearest)})" if one.nearest else ""))
        for one in coverage.undocumented
    ]
    return {
        "newest": str(newest),
        "kinds": [PLURALS[kind] for kind in FactKind],
        "numbers": _numbers(coverage, [newest])[0]["cells"],
        "versions": _numbers(coverage, coverage.versions),
        "unasked": [
            fact.operation
            for fact in coverage.facts
            if fact.kind is FactKind.OPERATION and newest in fact.open
        ],
        "lists": [
            _list("documented members never came", never),
            _list("members came that no document knows", unknown),
        ],
    }


def _numbers(coverage: Coverage, versions: list[ApiVersion]) -> list[dict[str, Any]]:
    rows = []
    for version in versions:
        cells = []
        for kind in FactKind:
            asked, explained, documented = coverage.count(kind, version)
            share = f"{100 * asked // documented} %" if documented else ""
            cells.append({"of": f"{asked}/{documented}", "explained": explained, "share": share})
        rows.append({"version": str(version), "cells": cells})
    return rows


def _member(name: str) -> str:
    """The path of a member without the status of its answer."""
    return visible(name.partition(" ")[2].removeprefix("."))


def _list(title: str, names: list[tuple[str, str]]) -> dict[str, Any]:
    """A list of names by operation, cut to its longest length."""
    shown = names[:_LONGEST_LIST]
    return {
        "title": title,
        "amount": len(names),
        "left_out": len(names) - len(shown),
        "operations": [
            {"name": operation, "members": [name for _, name in inside]}
            for operation, inside in groupby(shown, key=lambda pair: pair[0])
        ],
    }
