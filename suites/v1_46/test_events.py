"""GET /events, as API v1.46 changed it: an image that was built, whether or not it has a name."""

from conformance import assert_progress_succeeds, at, before, since
from conformance.testing import FixtureError, build_contexts, find_ids


def build_without_name(env):
    contexts = build_contexts(env)
    answer = env.post("/build", {"nocache": 1}, **contexts("ENV COLOUR=red"))
    assert_progress_succeeds(answer)
    ids = find_ids(answer)
    if not ids:
        raise FixtureError("the answer to a build names no image")
    return (at(env.get(f"/images/{ids[-1]}/json"), "Id"),)


@since("1.46/events-image-create")
def test_building_an_image_creates_it(record_events):
    (image,), events = record_events("/events", build_without_name)

    assert "create" in events.actions(image, until="create")


@before("1.46/events-image-create")
def test_building_an_image_creates_no_event(record_events):
    (image,), events = record_events("/events", build_without_name)

    assert "create" not in events.actions(image)
