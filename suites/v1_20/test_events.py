"""GET /events, as API v1.20 added events of images."""

import pytest

from conformance import since
from conformance.testing import import_image


def import_and_tag(env):
    name = import_image(env, b"to be tagged\n")
    again = env.tag_image(name)
    return env.get(f"/images/{name}/json")["Id"], name, again


@since("1.20/events-image-actions")
@pytest.mark.parametrize("event", ["import", "tag"])
def test_importing_and_tagging_emit_their_events(record_events, event):
    names, events = record_events("/events", import_and_tag)

    assert event in events.actions(*names, until=event)


@pytest.fixture
def push_and_pull(registry):
    """An action: pushes a new image and pulls it."""

    def action(_):
        [name] = registry.push_new("1")
        return registry.pull(name), name, name.rpartition(":")[0]

    return action


@since("1.20/events-image-registry")
@pytest.mark.parametrize("event", ["push", "pull"])
def test_pushing_and_pulling_emit_their_events(record_events, push_and_pull, event):
    names, events = record_events("/events", push_and_pull)

    assert event in events.actions(*names, until=event)
