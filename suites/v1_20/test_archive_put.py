"""PUT /containers/(id)/archive, as API v1.20 added it."""

import bz2
import gzip
import lzma

import pytest

from conformance import after, assert_refused, assert_status, since
from conformance.testing import TAR, Member, pack, unpack

NEW = Member("new", b"put there\n", mode=0o604, uid=77, gid=88, mtime=1_111_111_111)


@pytest.fixture
def running_container(env):
    """The name of a running container of this check's own."""
    return env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")


def put(api, container, path, *members, **query):
    return api.put(
        f"/containers/{container}/archive", {"path": path, **query}, body=pack(*members), headers=TAR
    )


def read_members(env, container, path):
    """The members of the container's archive of `path`, read in the newest version."""
    answer = env.client.get(f"/containers/{container}/archive", {"path": path})
    assert_status(answer, 200)
    return unpack(answer.body)


@since("1.20/archive-put")
def test_members_arrive_as_they_were_sent(api, env, archive_target):
    link = Member("sub/link", kind="symlink", target="deep")
    sent = [NEW, NEW._replace(name="sub", kind="dir", content=b""), NEW._replace(name="sub/deep"), link]

    answer = put(api, archive_target, "/tree/dir", *sent)

    assert_status(answer, 200)
    arrived = read_members(env, archive_target, "/tree/dir")
    for member in sent:
        found = arrived[f"dir/{member.name}"]
        assert (found.content, found.kind, found.target) == (member.content, member.kind, member.target)
    assert arrived["dir/inner"].content == b"inner\n"


@since("1.20/archive-put")
def test_a_running_process_sees_the_file(api, env, running_container):
    answer = put(api, running_container, "/tmp", NEW)

    assert_status(answer, 200)
    assert env.execute(running_container, "cat", "/tmp/new").stdout == "put there\n"


@since("1.20/archive-put-metadata")
def test_a_running_process_sees_the_metadata(api, env, running_container):
    answer = put(api, running_container, "/tmp", NEW)

    assert_status(answer, 200)
    assert (
        env.execute(running_container, "stat", "-c", "%a %u %g %Y %s", "/tmp/new").stdout
        == "604 77 88 1111111111 10\n"
    )


@since("1.20/archive-put")
def test_what_get_answers_is_taken(api, env, own_container):
    taken = env.require(env.client.get(f"/containers/{own_container}/archive", {"path": "/tree"})).body

    answer = api.put(f"/containers/{own_container}/archive", {"path": "/tmp"}, body=taken, headers=TAR)

    assert_status(answer, 200)
    assert set(unpack(taken)) <= {
        name.removeprefix("tmp/") for name in read_members(env, own_container, "/tmp")
    }
    assert read_members(env, own_container, "/tmp/tree/file")["file"].content == b"what the file holds\n"


@since("1.20/archive-put")
def test_an_existing_file_is_replaced(api, env, own_container):
    answer = put(api, own_container, "/tree", NEW._replace(name="file"))

    assert_status(answer, 200)
    assert read_members(env, own_container, "/tree/file")["file"].content == NEW.content


@since("1.20/archive-put-compression")
def test_an_archive_is_taken_as_it_is(api, env, own_container):
    answer = put(api, own_container, "/tree", NEW)

    assert_status(answer, 200)
    assert read_members(env, own_container, "/tree/new")["new"].content == NEW.content


@after("1.20/archive-put-compression")
@pytest.mark.parametrize(
    "compress", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bzip2", "xz"]
)
def test_a_compressed_archive_is_taken(api, env, own_container, compress):
    answer = api.put(
        f"/containers/{own_container}/archive", {"path": "/tree"}, body=compress(pack(NEW)), headers=TAR
    )

    assert_status(answer, 200)
    assert read_members(env, own_container, "/tree/new")["new"].content == NEW.content


@since("1.20/archive-put")
def test_a_volume_takes_files(api, env):
    volume = env.create_volume()
    container = env.create_container(HostConfig={"Binds": [f"{volume}:/data"]})

    answer = put(api, container, "/data", NEW)

    assert_status(answer, 200)
    assert read_members(env, container, "/data/new")["new"].content == NEW.content


@since("1.20/archive-put-relative")
def test_a_relative_path_starts_at_the_root_directory(api, env, own_container):
    answer = put(api, own_container, "tree/dir", NEW)

    assert_status(answer, 200)
    assert read_members(env, own_container, "/tree/dir/new")["new"].content == NEW.content


@since("1.20/archive-put-no-path")
@pytest.mark.parametrize("query", [{}, {"path": ""}], ids=["missing", "empty"])
def test_without_a_path_it_is_refused(api, own_container, query):
    answer = api.put(f"/containers/{own_container}/archive", query, body=pack(NEW), headers=TAR)

    assert_status(answer, 400)


@since("1.20/archive-put-not-dir")
def test_a_file_as_the_directory_is_refused(api, env, own_container):
    answer = put(api, own_container, "/tree/file", NEW)

    assert_status(answer, 400)
    assert read_members(env, own_container, "/tree/file")["file"].content == b"what the file holds\n"


@since("1.20/archive-put-missing")
def test_a_missing_path_is_not_found(api, own_container):
    answer = put(api, own_container, "/tree/unknown", NEW)

    assert_status(answer, 404)


@since("1.20/archive-put-missing")
def test_an_unknown_container_is_not_found(api):
    answer = put(api, "dockerconf-unknown", "/", NEW)

    assert_status(answer, 404)


ACROSS_KINDS = pytest.mark.parametrize(
    ("name", "kind"), [("dir", "file"), ("file", "dir")], ids=["file over directory", "directory over file"]
)


@since("1.20/archive-put-no-overwrite")
@pytest.mark.parametrize("flag", ["1", "true", "True"])
@ACROSS_KINDS
def test_a_replacement_across_kinds_is_refused(api, env, own_container, name, kind, flag):
    answer = replace(api, own_container, name, kind, flag)

    assert read_members(env, own_container, f"/tree/{name}")[name].kind != kind
    assert_status(answer, 400)


@after("1.20/archive-put-no-overwrite")
@pytest.mark.parametrize("flag", ["1", "true", "True"])
@ACROSS_KINDS
def test_a_replacement_across_kinds_is_an_error(api, env, own_container, name, kind, flag):
    answer = replace(api, own_container, name, kind, flag)

    assert read_members(env, own_container, f"/tree/{name}")[name].kind != kind
    assert_refused(answer)


def replace(api, container, name, kind, flag):
    """Put a member of another kind than that of its name in the container's tree."""
    member = NEW._replace(name=name, kind=kind, content=b"" if kind == "dir" else NEW.content)
    return put(api, container, "/tree", member, noOverwriteDirNonDir=flag)


@since("1.20/archive-put-overwrite")
def test_without_the_flag_a_file_takes_the_place_of_a_directory(api, env, own_container):
    answer = put(api, own_container, "/tree", NEW._replace(name="dir"))

    assert_status(answer, 200)
    assert read_members(env, own_container, "/tree/dir")["dir"].kind == "file"


@since("1.20/archive-put-read-only")
def test_a_read_only_root_file_system_is_refused(api, env):
    container = env.create_container(HostConfig={"ReadonlyRootfs": True})

    answer = put(api, container, "/tmp", NEW)

    assert_status(answer, 403)


@since("1.20/archive-put-read-only")
def test_a_read_only_volume_is_refused(api, env):
    volume = env.create_volume()
    container = env.create_container(HostConfig={"Binds": [f"{volume}:/data:ro"]})

    answer = put(api, container, "/data", NEW)

    assert_status(answer, 403)


@since("1.20/archive-put-bad-tar")
@pytest.mark.parametrize(
    "body", [b"this is no tar archive\n" * 100, pack(NEW)[:300]], ids=["text", "cut short"]
)
def test_a_body_that_is_no_archive_is_an_error(api, env, own_container, body):
    answer = api.put(f"/containers/{own_container}/archive", {"path": "/tree"}, body=body, headers=TAR)

    assert_refused(answer)
    assert "tree/new" not in read_members(env, own_container, "/tree")
