"""Assertions that hold an answer against what the documents of its version say of the operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conformance.catalogue.answers import Violation, answers, describe
from conformance.catalogue.operations import operations
from conformance.environment.assertions import assert_refused, assert_success
from conformance.http.client import Client
from conformance.http.documents import parse_json
from conformance.http.messages import Response
from conformance.model.versions import ApiVersion

#: Pytest then shows the line of the check, not this module.
__tracebackhide__ = True

#: How many violations a message tells.
_MOST = 5


def assert_documented(api: Client, answer: Response, operation: str, *, stream: bool = False) -> None:
    """Assert that an answer of success is one that the documents of the client's version describe.

    `operation` is named as in the documents (``GET /containers/(id)/json``). Status, type of content and every documented
    member must fit; members that no document knows may come. With `stream` the body is a stream of JSON messages, which are
    held one by one.
    """
    assert_success(answer)
    _assert_head(api, answer, operation)
    _assert_shape(api, answer, operation, answer.messages() if stream else [answer.json()])


def assert_as_in_example(
    api: Client, answer: Response, operation: str, *, stream: bool = False, absent: Iterable[str] = ()
) -> None:
    """Assert that an answer of success is like the example in the document of the client's version.

    Type of content and the JSON type of each member must be those of the example, and each of its members must come, but for
    those in `absent` (``.Networks{}.EndpointID``). For the versions up to v1.24, whose documents are prose.
    """
    assert_success(answer)
    _assert_head(api, answer, operation)
    documents = answer.messages() if stream else [answer.json()]
    named, version = operations()[operation], _version(api)
    _refuse(answers().deviations(named, str(answer.status), version, documents, absent))


def assert_refusal_documented(api: Client, answer: Response, operation: str) -> None:
    """Assert that a refusal has a status that the documents of the client's version name, and the body that they describe."""
    assert_refused(answer)
    _assert_head(api, answer, operation)
    _assert_shape(api, answer, operation, [parse_json(answer.body)])


def documented_members(api: Client, operation: str, members: Any) -> Any:
    """A body for `operation` with those of `members` that the document of the client's version has, at any depth."""
    return answers().known(operations()[operation], "body", _version(api), members)


def assert_members_shown(api: Client, answer: Response, operation: str, members: Any) -> None:
    """Assert that an answer of success shows `members` as they were sent: all that the document has in that answer.

    A list shows at least the elements that were sent. A member that is empty (``""``, 0, false, null, no element) may be left out.
    """
    assert_success(answer)
    status, version = str(answer.status), _version(api)
    sent = answers().known(operations()[operation], status, version, members)
    _refuse(list(_not_shown(sent, answer.json(), "")))


def _not_shown(sent: Any, shown: Any, path: str) -> Iterator[Violation]:
    """Each place at which a document does not show what was sent."""
    if isinstance(sent, dict) and isinstance(shown, dict):
        for name, value in sent.items():
            if value or name in shown:
                yield from _not_shown(value, shown.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(sent, list) and isinstance(shown, list):
        for item in sent:
            found = [list(_not_shown(item, other, f"{path}[{index}]")) for index, other in enumerate(shown)]
            nearest = min(found, key=len, default=[Violation(path, f"an element {describe(item)}", "none")])
            if isinstance(item, dict) or not nearest:
                yield from nearest
            else:
                yield Violation(path, f"an element {describe(item)}", describe(shown))
    elif (sent or shown) and sent != shown:
        yield Violation(path, describe(sent), describe(shown))


def _assert_head(api: Client, answer: Response, name: str) -> None:
    """Assert a documented status, a body, and of an answer of success a documented type of content."""
    operation, version = operations()[name], _version(api)
    statuses = answers().statuses(operation, version)
    if answer.status not in statuses:
        wanted = " or ".join(map(str, statuses))
        raise AssertionError(f"expected status {wanted}, got {answer.status}: {answer.error[:200]}")
    if not answer.body:
        raise AssertionError(f"expected a JSON body, got status {answer.status} with an empty one")
    media_types = answers().produces(operation, version)
    media_type = answer.media_type
    if answer.ok and media_types and media_type not in media_types:
        raise AssertionError(f"Content-Type: expected {' or '.join(media_types)}, got {media_type or 'none'}")


def _assert_shape(api: Client, answer: Response, name: str, documents: list[Any]) -> None:
    """Assert that each JSON document of an answer has the members that the documents of the version describe."""
    operation, place, version = operations()[name], str(answer.status), _version(api)
    _refuse(
        [
            violation
            for document in documents
            for violation in answers().violations(operation, place, version, document)
        ]
    )


def _refuse(found: list[Violation]) -> None:
    if found:
        more = f" (and {len(found) - _MOST} more)" if len(found) > _MOST else ""
        raise AssertionError(f"{'; '.join(map(str, found[:_MOST]))}{more}")


def _version(api: Client) -> ApiVersion:
    assert api.version is not None, "a request without a version has no document"
    return api.version
