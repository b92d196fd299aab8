"""GET /events, as API v1.41 changed it: an event when unused objects have been removed."""

from itertools import dropwhile
from typing import NamedTuple

import pytest

from conformance import at, since
from conformance.testing import is_about, share_while_remembered, time_before_now
from fixtures.events import end_period

MARK = "conformance-to-be-pruned"
#: Only what is made for this is pruned; the cache of the builder has no labels.
LABELLED = {"filters": {"label": [MARK]}}
#: The types of the events, and what is pruned for each.
TYPES = {
    "container": ("/containers/prune", LABELLED),
    "image": ("/images/prune", LABELLED),
    "volume": ("/volumes/prune", LABELLED),
    "network": ("/networks/prune", LABELLED),
    "builder": ("/build/prune", None),
}


class Pruned(NamedTuple):
    """The bytes that each prune has reclaimed by its answer, the id of a container, and a query for the time of all."""

    reclaimed: dict[str, int]
    container: str
    query: dict[str, int]


@pytest.fixture
def pruned(spare_engine):
    """Containers, images, volumes, networks and the cache of the builder were pruned."""
    env = spare_engine.env

    def make():
        since = time_before_now(env)
        name = env.create_container("sh", "-c", "echo much > /tmp/file", Labels={MARK: ""})
        env.start_and_wait(name)
        container = env.get(f"/containers/{name}/json")["Id"]
        answers = {kind: env.post(*request).json() for kind, request in TYPES.items()}
        reclaimed = {kind: answer.get("SpaceReclaimed", 0) for kind, answer in answers.items()}
        return Pruned(reclaimed, container, {"since": since, "until": end_period(env)})

    return share_while_remembered(env, "pruned", make, lambda made: (made.query["since"], made.container))


@since("1.41/events-prune")
@pytest.mark.parametrize("kind", TYPES)
def test_a_prune_is_reported_with_what_it_has_reclaimed(spare_engine, pruned, kind):
    answer = spare_engine.api.get("/events", pruned.query)

    # What was pruned before is no concern of this check.
    events = list(dropwhile(lambda event: not is_about(event, pruned.container), answer.messages()))
    prunes = [event for event in events if (at(event, "Type"), at(event, "Action")) == (kind, "prune")]
    assert len(prunes) == 1, events
    assert at(prunes[0], "Actor", "Attributes", "reclaimed") == str(pruned.reclaimed[kind])
