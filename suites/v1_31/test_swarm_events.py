"""Events of a swarm, as API v1.31 changed them."""

from conformance import at, since
from fixtures.swarm import create_config, update_and_remove


def change_config(env):
    return update_and_remove(env, "config", create_config(env))


@since("1.31/event-config")
def test_changes_of_a_config_are_reported(record_swarm_events):
    config, events = record_swarm_events("/events", change_config)

    rows = events.about(config, until="remove")
    assert [(at(row, "Type"), at(row, "Action")) for row in rows] == [
        ("config", "create"),
        ("config", "update"),
        ("config", "remove"),
    ]
