"""Shared objects are made again when the daemon has forgotten their events."""

import pytest

from conformance.environment import event_memory
from conformance.environment.event_memory import share_while_remembered


class Sharing:
    """The sharing of an environment, without a daemon."""

    def __init__(self):
        self.values = {}

    def share_while(self, key, make, is_usable):
        for number in range(5):
            if (key, number) not in self.values:
                self.values[key, number] = make()
            if is_usable(self.values[key, number]):
                return self.values[key, number]
        raise AssertionError("none stayed usable")


@pytest.fixture
def remembered(monkeypatch):
    """The first event that the daemon shows of each object."""
    actions = {}
    monkeypatch.setattr(event_memory, "_find_first_action", lambda env, since, name: actions.get(name, ""))
    return actions


def share(env, made):
    return share_while_remembered(env, "key", lambda: made.pop(), lambda value: (0, value))


def test_a_value_is_kept_as_long_as_its_events_are_shown(remembered):
    env, made = Sharing(), ["b", "a"]
    remembered["a"] = "create"

    assert [share(env, made), share(env, made)] == ["a", "a"]


def test_a_value_whose_events_are_forgotten_is_made_again(remembered):
    env, made = Sharing(), ["b", "a"]
    remembered |= {"a": "create", "b": "create"}
    share(env, made)
    del remembered["a"]

    assert share(env, made) == "b"


def test_a_value_is_made_again_when_the_first_of_its_events_is_forgotten(remembered):
    env, made = Sharing(), ["b", "a"]
    remembered |= {"a": "create", "b": "create"}
    share(env, made)
    remembered["a"] = "start"

    assert share(env, made) == "b"


def test_a_value_whose_events_were_never_shown_is_kept(remembered):
    env, made = Sharing(), ["b", "a"]

    assert [share(env, made), share(env, made)] == ["a", "a"]
