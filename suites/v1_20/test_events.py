"""GET /events, as API v1.20 added events of images."""

import pytest

from conformance import since
from conformance.environment.images import imported


def import_and_tag(env):
    name = imported(env, b"to be tagged\n")
    again = env.tagged(name)
    return env.get(f"/images/{name}/json")["Id"], name, again


@since("1.20/events-image-actions")
@pytest.mark.parametrize("event", ["import", "tag"])
def test_importing_and_tagging_emit_their_events(witnessed, event):
    names, heard = witnessed(import_and_tag)

    assert event in heard.actions(*names, until=event)


@pytest.fixture
def push_and_pull(shelf):
    """A deed: an image goes to the registry and comes back."""

    def deed(_):
        [name] = shelf.offered("1")
        return shelf.pull(name), name, name.rpartition(":")[0]

    return deed


@since("1.20/events-image-registry")
@pytest.mark.parametrize("event", ["push", "pull"])
def test_pushing_and_pulling_emit_their_events(witnessed, push_and_pull, event):
    names, heard = witnessed(push_and_pull)

    assert event in heard.actions(*names, until=event)
