"""Events of a swarm, as API v1.31 changed them."""

from conformance import at, since
from fixtures.swarm import create_config, edit


def change_config(env):
    config = create_config(env)
    query, spec = edit(env, f"/configs/{config}", Labels={"colour": "red"})
    env.post(f"/configs/{config}/update", query, json=spec)
    env.remove("config", config)
    return config


@since("1.31/event-config")
def test_changes_of_a_config_are_told(record_swarm_events):
    config, events = record_swarm_events("/events", change_config)

    rows = events.about(config, until="remove")
    assert [(at(row, "Type"), at(row, "Action")) for row in rows] == [
        ("config", "create"),
        ("config", "update"),
        ("config", "remove"),
    ]
