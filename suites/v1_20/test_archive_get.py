"""GET and HEAD /containers/(id)/archive, as API v1.20 added them."""

import base64

import pytest

from conformance import after, assert_status, assert_success, assert_type, at, since
from conformance.testing import parse_json, unpack
from fixtures.times import read_time

STAT = "X-Docker-Container-Path-Stat"


def decode_stat(answer):
    assert_success(answer)
    header = answer.header(STAT)
    assert header, f"expected a header {STAT}, got none"
    try:
        return parse_json(base64.b64decode(header, validate=True))
    except ValueError as error:  # binascii.Error, or a sign beyond ASCII
        raise AssertionError(f"{STAT}: expected Base64, got {header!r}: {error}") from None


def describe_members(members):
    """Kind, content and link target of each member by name."""
    return {name: (member.kind, member.content, member.target) for name, member in members.items()}


@since("1.20/archive-get")
@pytest.mark.parametrize("name", ["tree/file", "tree/dir/inner"])
def test_a_file_comes_with_its_content(api, archive_source, tree, name):
    answer = api.get(f"/containers/{archive_source}/archive", {"path": f"/{name}"})

    assert_status(answer, 200)
    assert answer.header("Content-Type") == "application/x-tar"
    assert describe_members(unpack(answer.body)) == {
        name.rpartition("/")[2]: ("file", tree[name].content, "")
    }


@since("1.20/archive-get")
@pytest.mark.parametrize("path", ["/tree", "/tree/"], ids=["plain", "with a slash"])
def test_a_directory_comes_with_all_below_it(api, archive_source, tree, path):
    answer = api.get(f"/containers/{archive_source}/archive", {"path": path})

    assert_status(answer, 200)
    assert describe_members(unpack(answer.body)) == describe_members(tree)


@since("1.20/archive-get-metadata")
@pytest.mark.parametrize("name", ["tree", "tree/file", "tree/dir/inner", "tree/link"])
def test_a_member_has_the_metadata_of_the_file(api, archive_source, tree, name):
    answer = api.get(f"/containers/{archive_source}/archive", {"path": "/tree"})

    assert_status(answer, 200)
    assert unpack(answer.body).get(name) == tree[name]


@since("1.20/archive-get-relative")
def test_a_relative_path_starts_at_the_root_directory(api, stopped_archive_source):
    answer = api.get(f"/containers/{stopped_archive_source}/archive", {"path": "tree/file"})

    assert_status(answer, 200)
    assert list(unpack(answer.body)) == ["file"]


@since("1.20/archive-get-contents")
def test_slash_dot_leaves_the_name_of_the_directory_out(api, stopped_archive_source):
    answer = api.get(f"/containers/{stopped_archive_source}/archive", {"path": "/tree/dir/."})

    assert_status(answer, 200)
    assert "inner" in {name.removeprefix("./") for name in unpack(answer.body)}


@since("1.20/archive-get-symlink")
def test_a_link_is_resolved_to_its_target(api, stopped_archive_source, tree):
    answer = api.get(f"/containers/{stopped_archive_source}/archive", {"path": "/tree/link"})

    assert_status(answer, 200)
    assert [member.content for member in unpack(answer.body).values()] == [tree["tree/file"].content]


@since("1.20/archive-get-no-path")
@pytest.mark.parametrize("query", [{}, {"path": ""}], ids=["missing", "empty"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_without_a_path_it_is_refused(api, stopped_archive_source, method, query):
    answer = api.request(method, f"/containers/{stopped_archive_source}/archive", query)

    assert_status(answer, 400)


@since("1.20/archive-get-not-dir")
@pytest.mark.parametrize("path", ["/tree/file/", "/tree/file/."])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_asserted_to_be_a_directory_is_refused(api, stopped_archive_source, method, path):
    answer = api.request(method, f"/containers/{stopped_archive_source}/archive", {"path": path})

    assert_status(answer, 400)


@since("1.20/archive-get-missing")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_missing_path_is_not_found(api, stopped_archive_source, method):
    answer = api.request(method, f"/containers/{stopped_archive_source}/archive", {"path": "/tree/unknown"})

    assert_status(answer, 404)


@since("1.20/archive-get-missing")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_unknown_container_is_not_found(api, method):
    answer = api.request(method, "/containers/dockerconf-unknown/archive", {"path": "/"})

    assert_status(answer, 404)


@since("1.20/archive-errors-json")
def test_a_refusal_explains_itself(api, stopped_archive_source):
    answer = api.get(f"/containers/{stopped_archive_source}/archive", {"path": ""})

    assert_status(answer, 400)
    assert parse_json(answer.body), "expected details of the refusal, got an empty document"


@after("1.20/archive-errors-json")
def test_a_refusal_explains_itself_in_json(api, stopped_archive_source):
    answer = api.get(f"/containers/{stopped_archive_source}/archive", {"path": ""})

    assert_status(answer, 400)
    message = assert_type(parse_json(answer.body), "message", str)
    assert message


@since("1.20/archive-head")
@pytest.mark.parametrize("path", ["/tree", "/tree/file", "/tree/link"])
def test_head_tells_of_the_path_without_a_body(api, archive_source, path):
    answer = api.head(f"/containers/{archive_source}/archive", {"path": path})

    assert_status(answer, 200)
    assert answer.body == b""
    described = decode_stat(answer)
    assert isinstance(described, dict) and described, (
        f"{STAT}: expected an object with members, got {described!r}"
    )


@since("1.20/archive-stat-header")
@pytest.mark.parametrize("path", ["/tree", "/tree/file", "/tree/link"])
def test_head_tells_what_get_tells(api, archive_source, path):
    first, second = (
        api.request(method, f"/containers/{archive_source}/archive", {"path": path})
        for method in ("HEAD", "GET")
    )

    assert decode_stat(first) == decode_stat(second)


@since("1.20/archive-stat-header")
@pytest.mark.parametrize("name", ["tree", "tree/file"])
def test_header_describes_the_path(api, archive_source, tree, name):
    described = decode_stat(api.get(f"/containers/{archive_source}/archive", {"path": f"/{name}"}))

    member = tree[name]
    assert at(described, "name") == name.rpartition("/")[2]
    assert at(described, "mode") == member.mode | ((1 << 31) if member.kind == "dir" else 0)
    assert int(read_time(described, "mtime").timestamp()) == member.mtime
    if member.kind == "file":
        assert at(described, "size") == len(member.content)
    else:
        assert_type(described, "size", int)


@since("1.20/archive-stat-link-target")
@pytest.mark.parametrize(
    ("path", "target"), [("/tree/file", ""), ("/tree/dirlink", "/tree/dir")], ids=["file", "link"]
)
def test_header_names_the_target_of_a_link(api, archive_source, path, target):
    described = decode_stat(api.head(f"/containers/{archive_source}/archive", {"path": path}))

    assert at(described, "linkTarget") == target
