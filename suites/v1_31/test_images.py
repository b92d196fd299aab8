"""GET /images/(name)/json, as API v1.31 changed it: what only the daemon knows of an image."""

from conformance import since
from conformance.testing import import_image, read_clock, with_steady_clock
from fixtures.times import read_time


@since("1.31/images-inspect-metadata")
def test_last_tag_time_is_when_the_image_was_tagged(api, env):
    def tag():
        name = import_image(env, b"to be tagged later\n")
        began = read_clock(env)
        env.tag_image(name)
        return name, began, read_clock(env)

    name, began, ended = env.share("image with a time", lambda: with_steady_clock(env, tag))

    document = api.get(f"/images/{name}/json").json()

    time = read_time(document, "Metadata.LastTagTime")
    assert began <= time.timestamp() <= ended
