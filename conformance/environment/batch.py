"""One request for what many checks claim: it is asked for everything at once, as long as the daemon takes it together."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

from conformance.environment.container_runs import finish_started, start_body
from conformance.environment.environment import Environment, ProcessResult
from conformance.environment.shared_exchange import Ahead
from conformance.http.client import Client
from conformance.http.messages import Response
from conformance.model.errors import FixtureError

T = TypeVar("T")
Values = dict[str, Any]


class Answered(NamedTuple, Generic[T]):
    """A request, what came of it (None where it did not come to that), and why it did not."""

    request: Ahead
    found: T | None
    why: str = ""


def at_once(
    env: Environment,
    api: Client,
    key: object,
    wanted: Values,
    every: Values,
    ask: Callable[[Values], Answered[T]],
    refusal: Callable[[Response], str],
) -> T:
    """What came of a request in the version of `api` for at least `wanted`, which is one for `every` if that is part of it.

    `key` names the request among the shared ones; `refusal` says why an answer is none that was asked for, or ``""``. A
    request that was refused, or of which nothing came, is a failed check.
    """
    asked = None
    if wanted.items() <= every.items():
        with suppress(FixtureError):
            asked = env.share((key, api.version), lambda: ask(every))
    if asked is None or asked.found is None:
        # what is wanted may be fine where something else is refused
        asked = ask(wanted)
    why = refusal(asked.request.answer(api)) or asked.why
    assert not why, why
    assert asked.found is not None, "nothing came of the request"
    return asked.found


def seen(request: Ahead, refusal: Callable[[Response], str], look: Callable[[], T | None]) -> Answered[T]:
    """What came of a request is what `look` returns, unless it was refused."""
    answer = request.wait()
    if answer is None or refusal(answer):
        return Answered(request, None)
    try:
        return Answered(request, look())
    except AssertionError as error:
        return Answered(request, None, str(error))


def created(env: Environment, api: Client, body: Values, look: Callable[[str], T]) -> Answered[T]:
    """Create a container through `api`; what came of it is what `look` returns for its name."""
    name = env.reserve_name("container")
    return seen(
        Ahead(api, "POST", "/containers/create", {"name": name}, json=body), not_created, lambda: look(name)
    )


def not_created(answer: Response) -> str:
    """Why an answer to POST /containers/create is none of a container, or ``""``."""
    return (
        ""
        if answer.status == 201
        else f"the container is not created with 201 but {answer.status}: {answer.error}"
    )


def started(env: Environment, api: Client, *cmd: str, **host: Any) -> Answered[ProcessResult]:
    """Start a container through `api` with the members of a host configuration; what came of it is what `cmd` did."""
    name = env.create_container(*cmd)
    start = Ahead(api, "POST", f"/containers/{name}/start", json=start_body(env, **host))
    return seen(start, not_started, lambda: finish_started(env, name))


def not_started(answer: Response) -> str:
    """Why an answer to POST /containers/(id)/start is none of a container that has been started, or ``""``."""
    return (
        ""
        if answer.status == 204
        else f"the container is not started with 204 but {answer.status}: {answer.error}"
    )
