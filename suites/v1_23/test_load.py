"""POST /images/load, as API v1.23 changed it: it tells its progress in JSON, unless it is to be quiet."""

import secrets

import pytest

from conformance import ABSENT, assert_status, assert_type, at, since
from conformance.testing import TAR, import_image


@pytest.fixture
def saved(env):
    """An archive of an image whose layer the daemon does not have; and the image's name."""
    name = import_image(env, secrets.token_bytes(200_000))
    archive = env.require(env.client.get(f"/images/{name}/get")).body
    env.require(env.client.delete(f"/images/{name}"))
    return archive, env.adopt("image", name)


def is_progress(message):
    return at(message, "progressDetail") not in (ABSENT, {})


@since("1.23/images-load-json")
@pytest.mark.parametrize("query", [{}, {"quiet": 0}, {"quiet": 1}], ids=["unsaid", "not quiet", "quiet"])
def test_load_answers_with_json_and_names_the_image(api, env, saved, query):
    archive, name = saved

    answer = api.post("/images/load", query, body=archive, headers=TAR)

    assert_status(answer, 200)
    assert answer.media_type == "application/json"
    streams = [at(message, "stream") for message in answer.messages()]
    assert any(isinstance(stream, str) and name in stream for stream in streams), streams
    assert_status(env.client.get(f"/images/{name}/json"), 200)


@since("1.23/images-load-progress")
def test_load_tells_its_progress(api, saved):
    answer = api.post("/images/load", {"quiet": 0}, body=saved[0], headers=TAR)

    progress = [message for message in answer.messages() if is_progress(message)]
    assert progress, "no message tells of progress"
    for message in progress:
        assert_type(message, "status", str)
        assert_type(message, "progressDetail", dict)
        assert_type(message, "progress", str, optional=True)


@since("1.23/images-load-quiet")
@pytest.mark.parametrize("value", ["1", "true"])
def test_quiet_load_tells_no_progress(api, saved, value):
    answer = api.post("/images/load", {"quiet": value}, body=saved[0], headers=TAR)

    assert_status(answer, 200)
    assert [message for message in answer.messages() if is_progress(message)] == []


@since("1.23/images-load-quiet-default")
def test_load_is_not_quiet_unless_it_is_asked_to(api, saved):
    answer = api.post("/images/load", body=saved[0], headers=TAR)

    assert [message for message in answer.messages() if is_progress(message)], "no message tells of progress"
