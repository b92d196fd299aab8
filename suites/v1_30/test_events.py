"""GET /events, as API v1.30 changed it: the filter scope."""

from typing import NamedTuple

import pytest

from conformance import at, since
from conformance.testing import is_about, share_while_remembered, time_before_now
from fixtures.events import end_period


class Created(NamedTuple):
    """The name of a volume that was created, and a query for the events of the time in which it was."""

    volume: str
    query: dict[str, int]


@pytest.fixture
def created(env):
    """A volume was created on this host."""

    def make():
        since = time_before_now(env)
        volume = env.create_volume()
        return Created(volume, {"since": since, "until": end_period(env)})

    return share_while_remembered(
        env, "volume with events", make, lambda made: (made.query["since"], made.volume)
    )


@since("1.30/events-filter-scope")
@pytest.mark.parametrize(("scope", "comes"), [("local", True), ("swarm", False)])
def test_events_of_the_scope_come(api, created, scope, comes):
    answer = api.get("/events", {**created.query, "filters": {"scope": [scope]}})

    events = answer.messages()
    assert any(is_about(event, created.volume) for event in events) is comes
    assert all(at(event, "scope") == scope for event in events), events
