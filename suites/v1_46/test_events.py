"""GET /events, as API v1.46 changed it: an image that was built, whether or not it has a name."""

from conformance import assert_progress_succeeds, at, before, since
from conformance.testing import build_contexts


def build_without_name(env):
    contexts = build_contexts(env)
    answer = env.post("/build", {"nocache": 1}, **contexts("ENV COLOUR=red"))
    assert_progress_succeeds(answer)
    ids = [at(message, "aux", "ID") for message in answer.messages()]
    return ([image for image in ids if image][-1],)


@since("1.46/events-image-create")
def test_building_an_image_creates_it(record_events):
    (image,), events = record_events("/events", build_without_name)

    assert "create" in events.actions(image, until="create")


@before("1.46/events-image-create")
def test_building_an_image_creates_no_event(record_events):
    (image,), events = record_events("/events", build_without_name)

    assert "create" not in events.actions(image)
