"""GET /events, as API v1.21 changed it."""

import pytest

from conformance import at, since
from conformance.environment.event_recorder import Watch
from conformance.testing import actions_about, import_image, time_before_now


def come_and_go(env):
    name = env.create_container()
    container = env.get(f"/containers/{name}/json")["Id"]
    env.remove("container", name)
    return (container,)


def be_tagged(env):
    name = import_image(env, b"to be tagged\n")
    return env.get(f"/images/{name}/json")["Id"], name, env.tag_image(name)


@since("1.21/events-timenano")
@pytest.mark.parametrize(
    ("deed", "last"), [(come_and_go, "destroy"), (be_tagged, "tag")], ids=["container", "image"]
)
def test_an_event_has_its_time_in_nanoseconds_too(record_events, deed, last):
    names, events = record_events(deed)

    times = [(at(event, "time"), at(event, "timeNano")) for event in events.about(*names, until=last)]
    assert times
    assert all(type(nano) is int and nano // 1_000_000_000 == second for second, nano in times), times


class Labelled:
    """Containers and images with one label and with another came, last of all a container with the first."""

    def __init__(self, env, clients):
        begun = time_before_now(env)
        self.containers = [self._container(env, colour) for colour in ("red", "blue")]
        self.images = [self._image(env, colour) for colour in ("red", "blue")]
        last = self._container(env, "red").encode()
        query = {"since": begun, "filters": {"label": ["colour=red"]}}
        self._watches = {
            api.version: Watch(api, "/events", query, enough=lambda body: last in body, seconds=6)
            for api in clients
        }
        for watch in self._watches.values():
            watch.finish()

    @staticmethod
    def _container(env, colour):
        name = env.create_container(Labels={"colour": colour})
        return env.get(f"/containers/{name}/json")["Id"]

    @staticmethod
    def _image(env, colour):
        name = import_image(env, colour.encode(), changes=f"LABEL colour={colour}")
        return env.get(f"/images/{name}/json")["Id"], name, env.tag_image(name)

    def told(self, api):
        """The events that came in this version with the filter for the first label."""
        return self._watches[api.version].answer(api).messages()


@pytest.fixture
def labelled(env, clients):
    return env.share("labelled events", lambda: Labelled(env, clients))


@since("1.21/events-filter-container-label")
def test_only_events_of_containers_with_the_label_come(api, labelled):
    events = labelled.told(api)

    right, wrong = (actions_about(events, container) for container in labelled.containers)
    assert "create" in right
    assert wrong == []


@since("1.21/events-filter-image-label")
def test_only_events_of_images_with_the_label_come(api, labelled):
    events = labelled.told(api)

    right, wrong = (actions_about(events, *names) for names in labelled.images)
    assert "tag" in right
    assert wrong == []
