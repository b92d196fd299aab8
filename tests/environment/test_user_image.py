"""Images named by the user that lack what checks need. The daemon is a table of answers."""

import pytest

from conformance.environment import user_image
from conformance.environment.ledger import Ledger, new_run, outstanding
from conformance.environment.rootfs import FILES
from conformance.http.messages import Response
from conformance.http.tar import Member, pack
from conformance.model.errors import DaemonTimeout, UsageError


class Daemon:
    """Has files by path, and records the paths that it was asked to remove."""

    def __init__(self, *without, create=201, route=True):
        self._files = {f"/{path}": content for path, (*_, content) in FILES.items()} | {
            "/bin/sh": b"",
            "/": b"",
        }
        for path in without:
            del self._files[path]
        self._create, self._route, self.removed = create, route, []

    def post(self, path, query, json):
        return Response(self._create, body=b"{}" if self._create == 201 else b"no such image")

    def get(self, path, query):
        if not self._route or query["path"] not in self._files:
            return Response(404)
        return Response(200, body=pack(Member(query["path"].rpartition("/")[2], self._files[query["path"]])))

    def head(self, path, query):
        return self.get(path, query)

    def delete(self, path, query):
        self.removed.append(path)
        return Response(204)

    def close(self):
        pass


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Ledger(new_run("unix:///x"), "controller")


def test_an_image_like_the_suites_own_is_accepted_and_nothing_is_left(ledger):
    daemon = Daemon()

    assert user_image.look(daemon, ledger, "like-ours") == ""
    assert len(daemon.removed) == 1
    assert outstanding(ledger.info) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/bin/sh", "no /bin/sh"),
        ("/etc/group", "no 'extra:x:2000:' in /etc/group"),
        ("/fixtures/file", "no /fixtures/file"),
    ],
)
def test_missing_parts_of_an_image_are_named_in_one_line(ledger, path, message):
    with pytest.raises(UsageError, match=message) as caught:
        user_image.look(Daemon(path), ledger, "other")

    assert "\n" not in str(caught.value)
    assert outstanding(ledger.info) == []


def test_an_image_that_does_not_exist_is_a_fixture_fault(ledger):
    assert "no such image" in user_image.look(Daemon(create=404), ledger, "missing")


def test_a_daemon_that_shows_no_files_is_accepted(ledger):
    assert user_image.look(Daemon(route=False), ledger, "hidden") == ""


def test_a_daemon_that_does_not_answer_is_not_a_mistake_of_the_user(ledger, monkeypatch):
    daemon = Daemon()
    monkeypatch.setattr(daemon, "post", lambda *_, **__: (_ for _ in ()).throw(DaemonTimeout("no answer")))

    assert user_image.look(daemon, ledger, "slow") == "no answer"
