"""POST /containers/(id)/copy, deprecated by API v1.20 and gone from v1.24."""

from conformance import after, assert_refused, assert_status, since
from conformance.testing import unpack


@since("1.20/copy-deprecated")
def test_still_answers_with_an_archive(api, stopped_archive_source, tree):
    answer = api.post(f"/containers/{stopped_archive_source}/copy", json={"Resource": "/tree/file"})

    assert_status(answer, 200)
    assert {name: member.content for name, member in unpack(answer.body).items()} == {
        "file": tree["tree/file"].content
    }


@after("1.20/copy-deprecated")
def test_is_gone(api, stopped_archive_source):
    answer = api.post(f"/containers/{stopped_archive_source}/copy", json={"Resource": "/tree/file"})

    assert_refused(answer)
