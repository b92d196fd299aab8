"""GET /events, as API v1.21 changed it."""

from typing import NamedTuple

import pytest

from conformance import at, since
from conformance.testing import (
    actions_about,
    build_image,
    import_image,
    share_while_remembered,
    time_before_now,
)


def create_and_remove(env):
    name = env.create_container()
    container = env.get(f"/containers/{name}/json")["Id"]
    env.remove("container", name)
    return (container,)


def import_and_tag(env):
    name = import_image(env, b"to be tagged\n")
    return env.get(f"/images/{name}/json")["Id"], name, env.tag_image(name)


@since("1.21/events-timenano")
@pytest.mark.parametrize(
    ("action", "last"), [(create_and_remove, "destroy"), (import_and_tag, "tag")], ids=["container", "image"]
)
def test_an_event_has_its_time_in_nanoseconds_too(record_events, action, last):
    names, events = record_events("/events", action)

    times = [(at(event, "time"), at(event, "timeNano")) for event in events.about(*names, until=last)]
    assert times
    assert all(type(nano) is int and nano // 1_000_000_000 == second for second, nano in times), times


COLOURS = ("red", "blue")


class Labelled(NamedTuple):
    """Ids of containers, and ids and names of images, with the labels red and blue; `last` is a red container."""

    begun: int
    containers: list[str]
    images: list[tuple[str, str, str]]
    last: str


@pytest.fixture
def labelled(env, build_context):
    built = env.share(
        "images with a colour",
        lambda: [build_image(env, build_context, f"LABEL colour={colour}") for colour in COLOURS],
    )

    def make():
        begun = time_before_now(env)
        containers = [create_container(env, colour) for colour in COLOURS]
        images = [tag_again(env, name) for name in built]
        return Labelled(begun, containers, images, create_container(env, "red"))

    return share_while_remembered(env, "labelled events", make, lambda made: (made.begun, made.containers[0]))


def create_container(env, colour):
    name = env.create_container(Labels={"colour": colour})
    return env.get(f"/containers/{name}/json")["Id"]


def tag_again(env, name):
    return env.get(f"/images/{name}/json")["Id"], name, env.tag_image(name)


@pytest.fixture
def stream_to_the_last(labelled, stream_in_every_version):
    """Streams the events from those of the first object to those of the last one."""

    def stream(path, filters):
        query = {"since": labelled.begun, "filters": filters}
        last = labelled.last.encode()
        return stream_in_every_version(path, query, enough=lambda body: last in body, seconds=6)

    return stream


@since("1.21/events-filter-container-label")
def test_only_events_of_containers_with_the_label_come(labelled, stream_to_the_last):
    events = stream_to_the_last("/events", {"label": ["colour=red"]}).messages()

    right, wrong = (actions_about(events, container) for container in labelled.containers)
    assert "create" in right
    assert wrong == []


@since("1.21/events-filter-image-label")
def test_only_events_of_images_with_the_label_come(labelled, stream_to_the_last):
    events = stream_to_the_last("/events", {"label": ["colour=red"]}).messages()

    right, wrong = (actions_about(events, *names) for names in labelled.images)
    assert "tag" in right
    assert wrong == []
