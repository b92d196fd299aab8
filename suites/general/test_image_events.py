"""GET /events: what happens to an image."""

import pytest

from conformance import since
from conformance.environment.images import imported
from conformance.http.event_log import action, concerns


def lose_two_names(env):
    """The id and the names of an image that lost two of three, one after the other."""
    name = imported(env, b"one of three names\n")
    image = env.get(f"/images/{name}/json")["Id"]
    others = env.tagged(name), env.tagged(name)
    for other in others:
        # With force a daemon may take the whole image, whatever other names it has.
        env.must(env.client.delete(f"/images/{other}"))
    return image, name, *others


def lose_the_last_name(env):
    name = imported(env, b"the last name\n")
    image = env.get(f"/images/{name}/json")["Id"]
    env.remove("image", name)
    return image, name


def vanish_by_id(env):
    name = imported(env, b"by its id\n")
    image = env.get(f"/images/{name}/json")["Id"]
    env.must(env.client.delete(f"/images/{image}"))
    return image, name


@since("general/removing-a-name-emits-untag")
@pytest.mark.parametrize(
    ("deed", "times"),
    [(lose_two_names, 2), (lose_the_last_name, 1)],
    ids=["two of three names", "the last name"],
)
def test_removing_a_name_emits_untag(witnessed, deed, times):
    names, heard = witnessed(deed)

    assert heard.actions(*names, until="untag", times=times).count("untag") >= times


@since("general/removing-the-last-tag-emits-delete")
def test_removing_the_last_tag_emits_delete_for_the_image(witnessed):
    names, heard = witnessed(lose_the_last_name)

    assert "delete" in heard.actions(*names, until="delete")


@since("general/removing-the-last-tag-emits-delete")
def test_an_image_that_keeps_a_name_is_not_deleted(witnessed):
    names, heard = witnessed(lose_two_names)

    # The second removal shows that what the first one caused has come.
    told = heard.actions(*names, until="untag", times=2)
    assert told.count("untag") >= 2, told
    assert "delete" not in told


@since("general/removing-by-id-emits-delete")
def test_removing_by_id_emits_delete_for_that_id(witnessed):
    names, heard = witnessed(vanish_by_id)

    told = heard.about(*names, until="delete")
    assert [event for event in told if action(event) == "delete" and concerns(event, names[0])], told
