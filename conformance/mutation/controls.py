"""Negative controls: differences that break no promise. A check that notices one is stricter than its document."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from conformance.engine.identity import Daemon
from conformance.http.messages import Request, Response
from conformance.mutation.faults import edits
from conformance.mutation.faults.fault import Fault
from conformance.mutation.newer_fields import TABLES, below, with_later_members
from conformance.mutation.proxy.body_filters import Body, Messages

UNKNOWN = "XConformanceUnknown"


class Control(NamedTuple):
    """A harmless difference: what it is in a few words, and the fault that makes it, of which `of` asks the daemon."""

    says: str
    fault: Fault
    of: Callable[[Daemon], Fault] | None = None

    def made(self, daemon: Daemon) -> Fault:
        """The fault for this daemon."""
        return self.fault if self.of is None else self.of(daemon)


def _of_json(edit: Callable[[Any], Any], when: Callable[[Response], bool] = lambda _: True) -> Fault:
    change = edits.json_bytes(edit)

    def body(_: Request, answer: Response) -> Body | None:
        kind = (answer.header("Content-Type") or "").partition(";")[0]
        return (
            Messages(lambda message: [change(message)])
            if kind == "application/json" and when(answer)
            else None
        )

    return Fault(body=body)


def _with_unknown(value: Any, name: str = "") -> Any:
    if isinstance(value, list):
        return [_with_unknown(element, name) for element in value]
    if not isinstance(value, dict):
        return value
    if name in TABLES:
        return {
            key: _with_unknown(member, key) if isinstance(member, dict) else member
            for key, member in value.items()
        }
    known = {key: _with_unknown(member, below(name, key)) for key, member in value.items()}
    return {**known, UNKNOWN: {"added": True}}


def _reordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_reordered(element) for element in value]
    if isinstance(value, dict):
        return {key: _reordered(value[key]) for key in reversed(list(value))}
    return value


def _reworded(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("message"), str):
        return {**value, "message": "this daemon words its refusals otherwise"}
    return value


def _reword(_: Request, answer: Response) -> Body | None:
    if answer.status < 400:
        return None
    return Messages(lambda message: [edits.json_bytes(_reworded)(message)])


def _recased(answer: Response, change: Callable[[str], str]) -> Response:
    return replace(answer, headers=tuple((change(name), value) for name, value in answer.headers))


def _spaced(text: bytes) -> list[bytes]:
    try:
        return [json.dumps(json.loads(text), indent=1).encode() + b"\n"]
    except ValueError:
        return [text]


def _spaced_body(_: Request, answer: Response) -> Body | None:
    kind = (answer.header("Content-Type") or "").partition(";")[0]
    return Messages(_spaced) if kind == "application/json" else None


_MORE_HEADERS = (
    ("X-Conformance-Unknown", "added"),
    ("Cache-Control", "no-cache"),
    ("X-Request-Id", "4d1f0c"),
)

CONTROLS = {
    "unknown-members": Control(
        "an unknown member in every object of every JSON answer", _of_json(_with_unknown)
    ),
    "later-members": Control(
        "members that a later version has, of this daemon or in the documents", Fault(), with_later_members
    ),
    "other-order": Control("the members of every JSON object in another order", _of_json(_reordered)),
    "other-spacing": Control("JSON with other white space between its tokens", Fault(body=_spaced_body)),
    "more-headers": Control(
        "headers that no document names",
        Fault(
            head=lambda _, answer: (
                replace(answer, headers=(*answer.headers, *_MORE_HEADERS)) if answer.status != 101 else answer
            )
        ),
    ),
    "lower-case-headers": Control(
        "header names in lower case", Fault(head=lambda _, answer: _recased(answer, str.lower))
    ),
    "other-chunks": Control("bodies in other pieces", Fault(slices=(1, 7, 64, 1024))),
    "slow": Control("every answer comes a fifth of a second late", Fault(delay=0.2)),
    "other-words": Control("other words in every refusal", Fault(body=_reword)),
}
