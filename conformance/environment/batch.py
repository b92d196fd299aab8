"""One request for what several checks claim something of: independent members travel together while the daemon takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from conformance.environment.environment import Environment
from conformance.environment.shared_exchange import SharedExchange
from conformance.http.client import Client
from conformance.http.messages import Response
from conformance.model.errors import FixtureError

T = TypeVar("T")
Members = dict[str, Any]


class Sent(NamedTuple, Generic[T]):
    """A request that was sent, what a look at its effect showed, and why there is nothing to see."""

    exchange: SharedExchange
    effect: T | None = None
    fault: str = ""


class Batch(Generic[T]):
    """POST requests in one version; members that lie within one of the `groups` are sent with the whole group, once.

    `send` takes path and members, adds what the request needs besides, sends it and looks at its effect; see
    ``look_at_effect``. `key` names the batch among the shared fixtures.
    """

    def __init__(
        self,
        env: Environment,
        api: Client,
        key: str,
        groups: Sequence[Members],
        send: Callable[[str, Members], Sent[T]],
    ) -> None:
        self._env, self._api, self._key, self._groups, self._send = env, api, key, groups, send

    def post(self, path: str, **members: Any) -> T:
        """POST `members`, alone or with their group; returns the effect.

        The exchange goes into the transcript of the case. Raises AssertionError when the daemon refuses `members` alone too,
        or when no effect can be seen.
        """
        sent = self._together(path, members)
        if sent is None or sent.effect is None:
            # The daemon may take these members where it refuses others of the group.
            sent = self._send(path, members)
        answer = sent.exchange.answer(self._api)
        if sent.effect is None:
            raise AssertionError(sent.fault or f"the request has no effect: {answer.status} {answer.error}")
        return sent.effect

    def _together(self, path: str, members: Members) -> Sent[T] | None:
        for number, group in enumerate(self._groups):
            if _is_within(members, group):
                key = (self._key, number, path, self._api.version)
                with suppress(FixtureError):
                    return self._env.share(key, partial(self._send, path, group))
        return None


def look_at_effect(
    exchange: SharedExchange, refusal: Callable[[Response], str], look: Callable[[], T]
) -> Sent[T]:
    """Wait for the answer; unless `refusal` gives a reason why it is a refusal, `look` returns the effect.

    An assertion of `look` that fails becomes the fault.
    """
    answer = exchange.wait()
    if answer is None:
        return Sent(exchange)
    if fault := refusal(answer):
        return Sent(exchange, fault=fault)
    try:
        return Sent(exchange, look())
    except AssertionError as error:
        return Sent(exchange, fault=str(error))


def refusal_unless(*expected: int) -> Callable[[Response], str]:
    """A reason for each answer whose status is none of `expected`; "" for others."""

    def refusal(answer: Response) -> str:
        if answer.status in expected:
            return ""
        wanted = " or ".join(map(str, expected))
        return f"expected status {wanted}, got {answer.status}: {answer.error[:200]}"

    return refusal


def _is_within(members: Any, group: Any) -> bool:
    if isinstance(members, dict) and isinstance(group, dict):
        return all(name in group and _is_within(value, group[name]) for name, value in members.items())
    return type(members) is type(group) and bool(members == group)
