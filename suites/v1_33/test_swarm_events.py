"""Events of a swarm, as API v1.33 changed them."""

import secrets
from typing import NamedTuple

import pytest

from conformance import at, since
from conformance.testing import share_while_remembered, time_before_now
from fixtures.events import end_period
from fixtures.swarm import REPLICAS, create_config, create_secret, create_service, edit


class Changed(NamedTuple):
    """One object of each kind that has had an event, by its kind, and a query for the time in which that was."""

    objects: dict[str, str]
    query: dict[str, int]


@pytest.fixture
def changed(swarm):
    """A secret, a config and a service have come, and the node has a new label."""
    env = swarm.env

    def make():
        since = time_before_now(env)
        node = env.get("/info")["Swarm"]["NodeID"]
        query, spec = edit(env, f"/nodes/{node}", Labels={"colour": secrets.token_hex(4)})
        env.post(f"/nodes/{node}/update", query, json=spec)
        objects = {
            "node": node,
            "secret": create_secret(env),
            "config": create_config(env),
            "service": create_service(env, **REPLICAS[0]),
        }
        return Changed(objects, {"since": since, "until": end_period(env)})

    return share_while_remembered(
        env, "one event of each kind", make, lambda made: (made.query["since"], made.objects["secret"])
    )


@since("1.33/events-filters-swarm-objects")
@pytest.mark.parametrize("kind", ["config", "node", "secret", "service"])
def test_filter_leaves_the_events_of_the_object(swarm, changed, kind):
    filters = {"filters": {kind: [changed.objects[kind]]}}
    events = swarm.api.get("/events", {**changed.query, **filters}).messages()

    assert events
    assert all(
        (at(event, "Type"), at(event, "Actor.ID")) == (kind, changed.objects[kind]) for event in events
    ), events
