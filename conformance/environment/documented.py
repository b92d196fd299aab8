"""Assertions that hold an answer against what the documents of its version say of the operation."""

from __future__ import annotations

from typing import Any

from conformance.catalogue.answers import answers
from conformance.catalogue.operations import operations
from conformance.http.client import Client
from conformance.http.documents import parse_json
from conformance.http.messages import Response

#: Pytest then shows the line of the check, not this module.
__tracebackhide__ = True

#: How many violations a message tells.
_MOST = 5


def assert_documented(api: Client, answer: Response, operation: str, *, stream: bool = False) -> None:
    """Assert that an answer of success is one that the documents of the client's version describe.

    `operation` is named as in the documents (``GET /containers/(id)/json``). Status, type of content and every documented
    member must fit; members that no document knows may come. With `stream` the body is a stream of JSON messages, which are
    held one by one; it must have one.
    """
    if stream:
        rows = answer.messages()
        assert rows, "expected at least one message, got an empty stream"
    else:
        rows = [answer.json()]
    _assert_documented(api, answer, operation, rows)


def assert_refusal_documented(api: Client, answer: Response, operation: str) -> None:
    """Assert that a refusal has a status that the documents of the client's version name, and the body that they describe."""
    if answer.status < 400:
        raise AssertionError(f"expected a refusal (status 400 or more), got {answer.status}")
    _assert_documented(api, answer, operation, [parse_json(answer.body)])


def _assert_documented(api: Client, answer: Response, name: str, rows: list[Any]) -> None:
    operation, version, known = operations()[name], api.version, answers()
    assert version is not None, "a request without a version has no document"
    statuses = known.statuses(operation, version)
    if answer.status not in statuses:
        wanted = " or ".join(map(str, statuses))
        raise AssertionError(f"expected status {wanted}, got {answer.status}: {answer.error[:200]}")
    media_types = known.produces(operation, version)
    media_type = (answer.header("Content-Type") or "").partition(";")[0]
    if answer.ok and answer.body and media_types and media_type not in media_types:
        raise AssertionError(f"Content-Type: expected {' or '.join(media_types)}, got {media_type or 'none'}")
    found = [
        str(wrong) for row in rows for wrong in known.violations(operation, str(answer.status), version, row)
    ]
    if found:
        more = f" (and {len(found) - _MOST} more)" if len(found) > _MOST else ""
        raise AssertionError(f"{'; '.join(found[:_MOST])}{more}")
