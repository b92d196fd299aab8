"""What came of the scenarios, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from rich.console import Console

from conformance.clients.explain import Explanation
from conformance.clients.protocol import Outcome
from conformance.clients.result import ScenarioResult, StepResult
from conformance.clients.run import ClientRun
from conformance.model import codec
from conformance.model.text import one_line, plural, visible
from conformance.model.versions import ApiVersion
from conformance.report.redaction import Redactor
from conformance.report.render import labels
from conformance.report.render.console import Printer
from conformance.report.render.exchange_text import format_exchange

Explain = Callable[[StepResult, ApiVersion], Explanation]
_MOST = 5
_ENDED = {Outcome.FAILED: "failed", Outcome.NOT_RUN: "did not finish"}


def print_run(run: ClientRun, explain: Explain, out: Console) -> None:
    """Print a line for each client and stretch of versions with the same result, then each failure with its exchange."""
    printer = Printer(out)
    redactor = Redactor(run.daemon.secrets)
    identity = run.daemon.identity
    printer.print_line(
        f"{visible(identity.name)} {visible(identity.version)}, serves API {identity.oldest}-{identity.newest}",
        style="bold",
    )
    for client, results in _by_client(run).items():
        printer.print_heading(visible(client))
        for text, versions in _by_text(results).items():
            style = "" if not versions[0].failed and not versions[0].unavailable else "bold red"
            style = "yellow" if versions[0].unavailable else style
            stretch = labels.format_versions(one.version for one in versions)
            printer.print_line(f"{stretch}: {text}", style=style, indent=2)
    for failure in _failures(run):
        _print_failure(failure, explain, redactor, run.daemon.endpoint.url, printer)
    for words in run.departure.left:
        printer.print_line(f"left behind: {redactor.text(words)}", style="bold magenta")


def _by_client(run: ClientRun) -> dict[str, list[ScenarioResult]]:
    found: dict[str, list[ScenarioResult]] = {}
    for result in run.results:
        found.setdefault(result.client, []).append(result)
    return found


def _by_text(results: list[ScenarioResult]) -> dict[str, list[ScenarioResult]]:
    found: dict[str, list[ScenarioResult]] = {}
    for result in results:
        found.setdefault(_summary(result), []).append(result)
    return found


def _summary(result: ScenarioResult) -> str:
    if result.unavailable:
        return f"unavailable: {visible(result.unavailable)}"
    parts = [f"{result.passed} of {plural(len(result.steps), 'step')} passed"]
    if failed := [step.step for step in result.failed if step.outcome is Outcome.FAILED]:
        parts.append(f"failed: {', '.join(failed)}")
    if unfinished := [step.step for step in result.failed if step.outcome is Outcome.NOT_RUN]:
        parts.append(f"did not finish: {', '.join(unfinished)}; no step after it was tried")
    if blocked := len(result.steps) - result.passed - len(result.failed):
        parts.append(f"{blocked} blocked")
    return "; ".join(parts)


def _failures(run: ClientRun) -> list[tuple[list[ScenarioResult], StepResult]]:
    """Each failed step of a client once, with the scenarios in which it failed for the same reason."""
    found: dict[tuple[str, str, str], tuple[list[ScenarioResult], StepResult]] = {}
    for result in run.results:
        for step in result.failed:
            key = (result.client, step.step, step.reason)
            found.setdefault(key, ([], step))[0].append(result)
    return list(found.values())


def _print_failure(
    failure: tuple[list[ScenarioResult], StepResult],
    explain: Explain,
    redactor: Redactor,
    url: str,
    printer: Printer,
) -> None:
    results, step = failure
    stretch = labels.format_versions(result.version for result in results)
    printer.print_heading(f"{visible(results[0].client)} in {stretch}: {step.step} {_ENDED[step.outcome]}")
    printer.print_line(visible(redactor.text(step.reason)), indent=2)
    if step.telling is not None:
        exchange = redactor.exchange(step.telling, url)
        for line, style in format_exchange(exchange, step.reason):
            printer.print_line(line, style=style, indent=4)
        printer.print_verbatim(visible(exchange.curl), indent=4)
    explanation = explain(step, results[0].version)
    if explanation.deviating:
        names = labels.format_few(explanation.deviating, _MOST)
        printer.print_line(f"statements that the daemon does not keep: {names}", indent=2)
    elif explanation.documented:
        printer.print_line(f"documented by: {labels.format_few(explanation.documented, _MOST)}", indent=2)


def render_json(run: ClientRun, explain: Explain) -> bytes:
    """The same as one JSON object with a line feed at its end; it has every step, and the exchange of those that failed."""
    redactor = Redactor(run.daemon.secrets)
    identity = run.daemon.identity
    document: dict[str, Any] = {
        "daemon": {
            "engine": identity.name,
            "version": identity.version,
            "oldest": str(identity.oldest),
            "newest": str(identity.newest),
        },
        "scenarios": [
            {
                "client": result.client,
                "version": str(result.version),
                "unavailable": result.unavailable,
                "steps": [
                    _step_json(step, result.version, explain, redactor, run.daemon.endpoint.url)
                    for step in result.steps
                ],
            }
            for result in run.results
        ],
        "left": [redactor.text(words) for words in run.departure.left],
    }
    return codec.encode_indented(document)


def _step_json(
    step: StepResult, version: ApiVersion, explain: Explain, redactor: Redactor, url: str
) -> dict[str, Any]:
    found: dict[str, Any] = {"step": step.step, "outcome": str(step.outcome)}
    if step.reason:
        found["reason"] = one_line(redactor.text(step.reason))
        explanation = explain(step, version)
        found["deviating"], found["documented"] = explanation
        if step.telling is not None:
            found["exchange"] = msgspec.to_builtins(redactor.exchange(step.telling, url))
    return found
