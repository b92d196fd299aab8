"""HEAD, GET and PUT /containers/(id)/archive: refusals of HEAD, and archives that are larger than a buffer."""

import secrets

import pytest

from conformance import assert_status, since
from conformance.testing import Member, pack, unpack

TAR = {"Content-Type": "application/x-tar"}


@since("reference/containers-archive-head-refused")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/nosuch", 404), ("", 400)],
    ids=["no such path", "no path"],
)
def test_head_has_the_status_that_get_has(api, stopped_archive_source, path, status):
    answer = api.head(f"/containers/{stopped_archive_source}/archive", {"path": path})

    assert_status(answer, status)


@since("reference/containers-archive-head-refused")
def test_head_of_an_unknown_container_is_not_found(api, env):
    answer = api.head(f"/containers/{env.prefix}unknown/archive", {"path": "/"})

    assert_status(answer, 404)


@since("reference/containers-archive-large")
def test_a_large_file_arrives_and_comes_back_whole(api, own_container):
    content = secrets.token_bytes(3_000_000)

    put = api.put(
        f"/containers/{own_container}/archive",
        {"path": "/tmp"},
        body=pack(Member("large", content)),
        headers=TAR,
    )
    got = api.get(f"/containers/{own_container}/archive", {"path": "/tmp/large"})

    assert_status(put, 200)
    assert_status(got, 200)
    assert unpack(got.body)["large"].content == content
