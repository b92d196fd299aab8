"""Shared objects whose past events checks ask for: an engine keeps only its last events, Docker 64 and later 256."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from conformance.environment.environment import Environment
from conformance.http.errors import Malformed
from conformance.http.event_log import event_action, is_about
from conformance.model.errors import DaemonFault

T = TypeVar("T")
#: Seconds in which a past event comes, also from a daemon under load; only a daemon that has forgotten it takes them all.
_PATIENCE = 5.0


def share_while_remembered(
    env: Environment, key: Any, make: Callable[[], T], first: Callable[[T], tuple[int, str]]
) -> T:
    """A shared value, made again when the daemon has forgotten the first of its events.

    `first` tells of a value a time before that event, in seconds since the epoch, and the id of the event's object, which has
    later events too: the earlier ones are forgotten first. If a daemon does not even tell of that event at once, the value is
    kept: the checks will say so. Raises FixtureError.
    """

    def make_and_ask() -> tuple[T, str]:
        value = make()
        return value, _find_first_action(env, *first(value))

    def is_usable(made: tuple[T, str]) -> bool:
        value, action = made
        return not action or _find_first_action(env, *first(value)) == action

    return env.share_while(key, make_and_ask, is_usable)[0]


def _find_first_action(env: Environment, since: int, name: str) -> str:
    """The name of the first event of an object that the daemon still tells of; "" if there is none."""
    client = env.client.apart()
    # An engine may send even the head of the answer with the first event only.
    client.timeouts = replace(client.timeouts, first_byte=_PATIENCE)
    try:
        with client.stream("GET", "/events", {"since": since}) as stream:
            about = (event for event in stream.messages(_PATIENCE) if is_about(event, name))
            return next(map(event_action, about), "")
    except (DaemonFault, Malformed):
        return ""
