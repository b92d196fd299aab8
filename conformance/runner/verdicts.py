"""The verdict on a case, from what pytest saw and from its exchanges."""

from __future__ import annotations

import secrets
from typing import NamedTuple

import pytest

from conformance.http.client import Client
from conformance.http.messages import Exchange, Response
from conformance.model.errors import DaemonFault, FixtureError, SharedFixtureError, Unavailable
from conformance.model.text import cut
from conformance.model.verdicts import Verdict
from conformance.runner.assertion_text import describe_assertion

_NO_ROUTE = (404, 405, 501)
_LONGEST_REASON = 400


class Finding(NamedTuple):
    """A verdict with its reason in one line; `fixture` names the fixture that failed, `first` the case that met that first."""

    verdict: Verdict
    reason: str = ""
    fixture: str = ""
    first: str = ""


PASSED = Finding(Verdict.PASS)


def judge(phase: str, error: BaseException | None) -> Finding:
    """Turn the outcome of a phase (setup, call, teardown) into a finding.

    Only the call of a check can pass or fail: before it the environment is at fault, after it the harness. A check that skips
    itself is an error, because a skipped check must not look like a good one.
    """
    if error is None:
        return PASSED
    if isinstance(error, SharedFixtureError):
        return Finding(Verdict.BLOCKED, cut(describe(error.root), _LONGEST_REASON), error.fixture)
    reason = cut(describe(error), _LONGEST_REASON)
    if isinstance(error, FixtureError):
        return Finding(Verdict.BLOCKED, reason)
    if phase == "setup":
        if isinstance(error, Unavailable):
            return Finding(Verdict.UNAVAILABLE, reason)
        if isinstance(error, DaemonFault | AssertionError):
            return Finding(Verdict.BLOCKED, reason)
    if phase == "call" and isinstance(error, DaemonFault | AssertionError):
        return Finding(Verdict.FAIL, reason)
    if isinstance(error, pytest.skip.Exception):
        return Finding(Verdict.ERROR, f"the check skipped itself: {reason}")
    return Finding(Verdict.ERROR, f"{type(error).__name__} in {phase}: {reason}")


def describe(error: BaseException) -> str:
    """The message of an exception in one line."""
    if isinstance(error, AssertionError):
        return describe_assertion(error)
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


class Canary:
    """Knows how this daemon says "no such route": it asks for a route that cannot exist."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._answers: dict[tuple[str, str], tuple[str, Response] | None] = {}

    def proves_absent(self, exchange: Exchange) -> bool:
        """Whether the answer of `exchange` is this daemon's "no such route" in that version and method."""
        response = exchange.response
        if response is None or response.status not in _NO_ROUTE:
            return False
        prefix = exchange.request.path.split("/")[1]
        key = (exchange.request.method, prefix if prefix.startswith("v1.") else "")
        if key not in self._answers:
            self._answers[key] = self._ask(*key)
        canary = self._answers[key]
        if canary is None or response.status != canary[1].status:
            return False
        asked, answer = canary
        return _plain(response, exchange.request.path) == _plain(answer, asked)

    def _ask(self, method: str, prefix: str) -> tuple[str, Response] | None:
        path = f"{'/' + prefix if prefix else ''}/no-such-route-{secrets.token_hex(6)}"
        try:
            answer = self._client.at(None, role="canary").request(method, path)
        except DaemonFault:
            return None
        return (path, answer) if answer.status in _NO_ROUTE else None


def _plain(response: Response, path: str) -> tuple[str, str]:
    return response.media_type, response.text.replace(path, "PATH").strip()
