"""GET /events: events of images."""

import pytest

from conformance import since
from conformance.testing import event_action, import_image, is_about


def remove_two_names(env):
    """The id and the names of an image after two of its three names were removed."""
    name = import_image(env, b"one of three names\n")
    image = env.get(f"/images/{name}/json")["Id"]
    others = env.tag_image(name), env.tag_image(name)
    for other in others:
        # With force a daemon may remove the whole image in spite of its other names.
        env.require(env.client.delete(f"/images/{other}"))
    return image, name, *others


def remove_the_last_name(env):
    name = import_image(env, b"the last name\n")
    image = env.get(f"/images/{name}/json")["Id"]
    env.remove("image", name)
    return image, name


def remove_by_id(env):
    name = import_image(env, b"by its id\n")
    image = env.get(f"/images/{name}/json")["Id"]
    env.require(env.client.delete(f"/images/{image}"))
    return image, name


@since("general/removing-a-name-emits-untag")
@pytest.mark.parametrize(
    ("action", "times"),
    [(remove_two_names, 2), (remove_the_last_name, 1)],
    ids=["two of three names", "the last name"],
)
def test_removing_a_name_emits_untag(record_events, action, times):
    names, events = record_events("/events", action)

    assert events.actions(*names, until="untag", times=times).count("untag") >= times


@since("general/removing-the-last-tag-emits-delete")
def test_removing_the_last_tag_emits_delete_for_the_image(record_events):
    names, events = record_events("/events", remove_the_last_name)

    assert "delete" in events.actions(*names, until="delete")


@since("general/removing-the-last-tag-emits-delete")
def test_an_image_that_keeps_a_name_is_not_deleted(record_events):
    names, events = record_events("/events", remove_two_names)

    # The event of the second removal shows that those of the first one have come.
    received = events.actions(*names, until="untag", times=2)
    assert received.count("untag") >= 2, received
    assert "delete" not in received


@since("general/removing-by-id-emits-delete")
def test_removing_by_id_emits_delete_for_that_id(record_events):
    names, events = record_events("/events", remove_by_id)

    received = events.about(*names, until="delete")
    assert [event for event in received if event_action(event) == "delete" and is_about(event, names[0])], (
        received
    )
