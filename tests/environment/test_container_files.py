"""Files of a container: by archive, else by copy, and nothing is said where the daemon has neither."""

from types import SimpleNamespace

import pytest

from conformance.environment.container_files import read_container_file
from conformance.http.messages import Response
from conformance.http.tar import Member, pack
from conformance.model.errors import FixtureError

FILE = pack(Member("file", b"content\n"))


class Daemon:
    """A container with the files in `files`, shown by `archive` and `copy`; what is not shown is an unknown route."""

    def __init__(self, *shows, files=("/", "/file")):
        self.shows, self.files = shows, files

    def _answer(self, way, path):
        if way not in self.shows:
            return Response(404, body=b"page not found")
        return Response(200, body=FILE) if path in self.files else Response(404, body=b"no such file")

    def get(self, path, query):
        assert path == "/containers/c/archive"
        return self._answer("archive", query["path"])

    head = get

    def post(self, path, json):
        assert path == "/containers/c/copy"
        return self._answer("copy", json["Resource"])


@pytest.mark.parametrize("shows", [("archive",), ("copy",), ("archive", "copy")], ids="-".join)
@pytest.mark.parametrize(("path", "content"), [("/file", "content\n"), ("/missing", None)])
def test_a_file_is_read_by_the_way_that_the_daemon_has(shows, path, content):
    env = SimpleNamespace(client=Daemon(*shows))

    assert read_container_file(env, "c", path) == content


def test_a_daemon_that_shows_no_files_is_not_said_to_miss_one():
    env = SimpleNamespace(client=Daemon())

    with pytest.raises(FixtureError, match="shows no files of the container c: 404 page not found"):
        read_container_file(env, "c", "/file")
