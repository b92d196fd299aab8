"""The content type of POST /containers/(id)/copy, as API v1.15 changed it."""

from conformance import after, assert_refused, assert_status, before, since


def media_type(answer):
    return answer.media_type.strip().lower()


@since("1.15/copy-content-type")
def test_the_archive_is_called_a_tar_archive(api, env):
    answer = api.post(f"/containers/{env.idle_container()}/copy", json={"Resource": "/fixtures/file"})

    assert_status(answer, 200)
    assert media_type(answer) == "application/x-tar"


@before("1.15/copy-content-type")
def test_the_archive_is_called_a_stream_of_octets(api, env):
    answer = api.post(f"/containers/{env.idle_container()}/copy", json={"Resource": "/fixtures/file"})

    assert_status(answer, 200)
    assert media_type(answer) == "application/octet-stream"


@after("1.15/copy-content-type")
def test_the_call_is_gone(api, env):
    answer = api.post(f"/containers/{env.idle_container()}/copy", json={"Resource": "/fixtures/file"})

    assert_refused(answer)
