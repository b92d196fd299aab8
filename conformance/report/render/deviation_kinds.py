"""How deviations differ from the documents, in a few kinds, told from their reasons: for daemons with many of them."""

from __future__ import annotations

import re

_STATUSES = re.compile(r"expected status (?:one of )?\(?(?P<wanted>\d)\d\d.*?, got (?P<came>\d)\d\d\b")
_REFUSAL = re.compile(r"expected (?:a refusal|an error)\b.*, got (?:2\d\d\b|success)")
_SUCCESS = re.compile(r"expected (?:success|a 2xx status)\b.*, got (?:[45]\d\d\b|the error)")
_TYPE = re.compile(r"expected (?:an?) (?:integer|boolean|string|array|object|number)\b")
_ABSENCE = re.compile(r"got no such member|expected the member, got nothing")

_NO_ROUTE = "missing routes"
_ACCEPTS = "bad requests accepted"
_SERVER_ERROR = "bad requests answered 5xx"
_REFUSES = "good requests refused"
_OTHER_STATUS = "other statuses"
_NO_MEMBER = "missing members"
_OTHER_TYPE = "other types"
_TIMEOUT = "timeouts"
#: What else may be wrong, by the kind of the statement.
_OTHERS: dict[str, str] = {
    "event": "wrong or missing events",
    "request-field": "parameters without their effect",
    "response-field": "other values in answers",
}
_OTHER = "other behaviour"
KINDS = (
    _NO_ROUTE,
    _REFUSES,
    _TIMEOUT,
    *_OTHERS.values(),
    _NO_MEMBER,
    _OTHER_TYPE,
    _OTHER_STATUS,
    _ACCEPTS,
    _SERVER_ERROR,
    _OTHER,
)


def find_kind(reason: str, statement: str = "") -> str:
    """The kind of a deviation, in the plural; `statement` is the kind of the statement that is not kept."""
    if reason.startswith("no such route"):
        return _NO_ROUTE
    if _REFUSAL.search(reason):
        return _ACCEPTS
    if _SUCCESS.search(reason):
        return _REFUSES
    if statuses := _STATUSES.search(reason):
        return _kind_of_statuses(statuses["wanted"], statuses["came"])
    if _ABSENCE.search(reason):
        return _NO_MEMBER
    if reason.startswith("timed out"):
        return _TIMEOUT
    return _OTHER_TYPE if _TYPE.search(reason) else _OTHERS.get(statement, _OTHER)


def _kind_of_statuses(wanted: str, came: str) -> str:
    if wanted == "4" and came == "5":
        return _SERVER_ERROR
    if wanted in "45" and came == "2":
        return _ACCEPTS
    return _REFUSES if wanted in "123" and came in "45" else _OTHER_STATUS
