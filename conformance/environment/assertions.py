"""Assertions that many checks make. Each raises AssertionError, and its message says what was expected and what came."""

from __future__ import annotations

from typing import Any

from conformance.environment.environment import Environment
from conformance.environment.object_kinds import KINDS
from conformance.http.client import Client
from conformance.http.documents import ABSENT, at
from conformance.http.messages import Response
from conformance.http.progress_stream import progress_error

#: Pytest then shows the line of the check, not this module.
__tracebackhide__ = True

_TYPES: dict[type, str] = {
    bool: "a boolean",
    dict: "an object",
    float: "a number",
    int: "an integer",
    list: "an array",
    str: "a string",
}


def assert_status(answer: Response, *expected: int) -> None:
    """Assert that the status is one of `expected`."""
    if answer.status not in expected:
        wanted = " or ".join(str(status) for status in expected)
        raise AssertionError(f"expected status {wanted}, got {_described(answer)}")


def assert_refused(answer: Response) -> None:
    """Assert that the status is 400 or more: for refusals whose status no document states."""
    if answer.status < 400:
        raise AssertionError(f"expected a refusal (status 400 or more), got {_described(answer)}")


def assert_success(answer: Response) -> None:
    """Assert that the status is a 2xx: for requests whose status no document states."""
    if not answer.ok:
        raise AssertionError(f"expected success (status 2xx), got {_described(answer)}")


def assert_progress_succeeds(answer: Response) -> None:
    """Assert that a build, pull, push or import succeeded, by its status and its stream of progress messages."""
    if error := progress_error(answer):
        raise AssertionError(f"expected success, got the error: {error}")


def assert_progress_fails(answer: Response) -> None:
    """Assert that a build, pull, push or import failed, by its status or by an error among its progress messages."""
    if not progress_error(answer):
        raise AssertionError("expected an error, got success")


def assert_alive(api: Client) -> None:
    """Assert that ``GET /_ping`` answers 200: what a check sent did no harm to the daemon."""
    answer = api.get("/_ping")
    if answer.status != 200:
        raise AssertionError(f"GET /_ping: expected status 200, got {_described(answer)}")


def assert_type(
    document: Any,
    path: str | int | tuple[str | int, ...],
    kind: type,
    *,
    nullable: bool = False,
    optional: bool = False,
) -> Any:
    """Assert the JSON type of the member at `path` (see ``at``) and return the member.

    `kind` is the Python type: dict is an object, list an array; int excludes booleans, float takes integers too.
    `nullable` also takes null, `optional` also takes a member that is absent (and returns ABSENT).
    """
    parts = path if isinstance(path, tuple) else (path,)
    value = at(document, *parts)
    if (nullable and value is None) or (optional and value is ABSENT):
        return value
    if not _is_of(value, kind):
        wanted = _TYPES[kind] + (" or null" if nullable else "")
        found = "no such member" if value is ABSENT else repr(value)
        raise AssertionError(f"{'.'.join(map(str, parts))}: expected {wanted}, got {found}")
    return value


def adopt_if_created(env: Environment, kind: str, answer: Response) -> None:
    """Have the environment remove the object of `kind` that a request created although the daemon had to refuse it."""
    if answer.ok:
        env.adopt(kind, at(answer.json(), KINDS[kind].created_id))


def _is_of(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def _described(answer: Response) -> str:
    message = " ".join(answer.error.split())[:200] if answer.body else ""
    return f"{answer.status}: {message}" if message and not answer.ok else f"{answer.status}"
