"""What Allure shows of a case: where it belongs, what is documented, its exchanges.

Epic is the API version, feature the profile, story the endpoint. Allure's own colours stay as pytest gives them, so a
deviation that does not count carries a tag that says so. The plugin loads this only where ``--alluredir`` is given.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

import allure
import pytest

from conformance.catalogue import Catalogue
from conformance.model.text import one_line, visible
from conformance.model.verdicts import Result
from conformance.report.evidence import NO_EVIDENCE, CaseRecord, Evidence
from conformance.report.outcome import Strictness, counts, deviates_as_contested
from conformance.report.render import labels
from conformance.report.render.exchange_text import format_exchange

# Allure is written without types.
_dynamic: Any = allure.dynamic
_attach: Any = allure.attach


class AllureLabels:
    """A pytest plugin of each process that runs checks. `name` is the property of a report that has result and evidence."""

    def __init__(self, catalogue: Catalogue, name: str, strictness: Strictness) -> None:
        self._catalogue = catalogue
        self._name = name
        self._strictness = strictness

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Label the case once its last phase is judged, before Allure closes it."""
        report = yield
        carried = next((value for name, value in report.user_properties if name == self._name), None)
        if carried is not None:
            record = CaseRecord.from_json(str(carried))
            self._label(record.result, record.evidence or NO_EVIDENCE)
        return report

    def _label(self, result: Result, evidence: Evidence) -> None:
        change = self._catalogue.changes.get(result.case.change)
        _dynamic.title(visible(result.case.key))
        _dynamic.epic(f"API {result.case.version}")
        _dynamic.tag(str(result.verdict), *self._aside(result))
        if change is not None:
            _dynamic.feature(change.profile)
            for endpoint in change.endpoints:
                _dynamic.story(endpoint)
            source = labels.format_source(change, self._catalogue)
            seen = f"\n\nseen: {visible(result.reason)}" if result.reason else ""
            _dynamic.description(f"{labels.get_sentence(change, result.case.side)}\n\nsource: {source}{seen}")
        for name, text in attachments(result, evidence):
            _attach(text, name=name, attachment_type=allure.attachment_type.TEXT)

    def _aside(self, result: Result) -> list[str]:
        change = self._catalogue.changes.get(result.case.change)
        tags = ["legacy"] if result.legacy else []
        tags += ["contested"] if deviates_as_contested(result, change) else []
        return tags if counts(result, change, self._strictness) else [*tags, "not counted"]


def attachments(result: Result, evidence: Evidence) -> Iterable[tuple[str, str]]:
    """The exchanges of a case, each with a name and as text with its curl line."""
    for place, exchange in enumerate(evidence.exchanges, 1):
        lines = [text for text, _ in format_exchange(exchange, result.reason)]
        if exchange.curl:
            lines += ["", visible(exchange.curl)]
        role = "" if exchange.role == "check" else f" ({visible(exchange.role)})"
        yield f"exchange {place}{role}: {one_line(lines[0].removeprefix('> '), 120)}", "\n".join(lines)
