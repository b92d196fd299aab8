"""Tags of a killed run at a registry are deleted by its ledger; foreign tags are not touched."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import threading
from contextlib import contextmanager

import pytest

from conformance.cli import clean
from conformance.engine import tempdir
from conformance.engine.registry import LocalRegistry, find_program
from conformance.environment import ledger, registry_cleanup
from conformance.http.client import Client

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(find_program() is None, reason="needs a registry program"),
]
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture(scope="module")
def registry():
    with LocalRegistry() as running:
        yield running


@pytest.fixture
def credentials(registry, monkeypatch):
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_USER", registry.username)
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", registry.password)


def push(registry, repository, tag, content):
    client = Client(registry.endpoint)
    login = base64.b64encode(f"{registry.username}:{registry.password}".encode()).decode()
    headers = {"Authorization": f"Basic {login}"}
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    where = client.post(f"/v2/{repository}/blobs/uploads/", headers=headers).header("Location")
    path = "/v2/" + where.partition("/v2/")[2]
    client.put(
        f"{path}&digest={digest}",
        body=content,
        headers={**headers, "Content-Type": "application/octet-stream"},
    )
    layer = {"mediaType": MANIFEST, "size": len(content), "digest": digest}
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": layer, "layers": [layer]}
    answer = client.put(
        f"/v2/{repository}/manifests/{tag}",
        body=json.dumps(manifest).encode(),
        headers={**headers, "Content-Type": MANIFEST},
    )
    client.close()
    assert answer.status == 201, answer.error
    return f"{registry.address}/{repository}:{tag}"


def there(registry, name):
    client = Client(registry.endpoint)
    path, tag = registry_cleanup.split_name(name)
    status = registry_cleanup.send(
        client, (registry.username, registry.password), "HEAD", f"/v2/{path}/manifests/{tag}"
    ).status
    client.close()
    return status == 200


def noted(name):
    """A run whose ledger has the tag."""
    run = ledger.new_run("unix:///no-daemon")
    book = ledger.Ledger(run, "main")
    book.note(registry_cleanup.KIND, name)
    book.close()
    return run


def test_tags_of_a_killed_run_are_deleted_and_foreign_ones_stay(registry, credentials, state):
    run = ledger.new_run("unix:///no-daemon")
    ours = push(registry, f"{run.prefix}abc", "1", b"ours")
    theirs = push(registry, "theirs", "1", b"theirs")
    book = ledger.Ledger(run, "main")
    book.note(registry_cleanup.KIND, ours)
    book.close()

    assert registry_cleanup.sweep(run, killed=True) == []
    assert (there(registry, ours), there(registry, theirs)) == (False, True)


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed"])
def test_tags_that_the_ledger_does_not_list_are_found_in_the_repositories_of_the_run(
    killed, registry, credentials, state
):
    run = ledger.new_run("unix:///no-daemon", registry=registry.address)
    ours = push(registry, f"{run.prefix}abc", "1", b"ours")
    anothers = push(registry, f"{ledger.PREFIX}0000-abc", "1", b"another run's")
    book = ledger.Ledger(run, "main")
    book.will_create("image", ours)
    book.gone("image", ours)
    book.will_create("image", anothers)
    book.close()

    assert registry_cleanup.sweep(run, killed=killed) == (
        [] if killed else [f"tag {ours} leaked by a check; deleted at exit"]
    )
    assert (there(registry, ours), there(registry, anothers)) == (False, True)
    assert registry_cleanup.sweep(run) == []


def test_the_ledger_of_a_killed_private_run_is_kept_until_its_tags_are_deleted(
    registry, credentials, state, tmp_path, command, monkeypatch
):
    monkeypatch.setattr(tempdir, "find_stale", list)
    run = ledger.new_run(f"unix://{tmp_path}/{tempdir.PREFIX}x/docker.sock", registry=registry.address)
    monkeypatch.setattr(clean, "is_alive", lambda _: False)
    ours = push(registry, f"{run.prefix}abc", "1", b"of a private run")
    book = ledger.Ledger(run, "main")
    book.note(registry_cleanup.KIND, ours)
    book.close()
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", "wrong")

    code, _, err = command("clean")
    assert (code, ours in err, there(registry, ours)) == (3, True, True)
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", registry.password)
    code, out, _ = command("clean", "--dry-run")
    assert (code, ours in out, there(registry, ours)) == (0, True, True)
    assert command("clean")[0] == 0
    assert not there(registry, ours)
    assert ledger.known_runs() == []


@contextmanager
def odd_registry(answer):
    """A registry on a loopback port that answers as `answer` says: status, headers and body for a method and a path."""

    class Odd(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append(f"{self.command} {self.path}")
            status, headers, body = (
                (200, {}, b"{}") if self.path == "/v2/" else answer(self.command, self.path)
            )
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)

        do_HEAD = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()


@pytest.mark.parametrize("tag", ["a b", "\u00e9", "x\n", "x/../../../v2/theirs/manifests/latest", "", 5])
def test_an_invalid_tag_is_not_deleted(tag, state):
    with odd_registry(lambda *_: (200, {}, json.dumps({"tags": [tag]}).encode())) as (address, asked):
        run = ledger.new_run("unix:///no-daemon", registry=address)
        book = ledger.Ledger(run, "main")
        book.note(registry_cleanup.KIND, f"{address}/{run.prefix}abc:1")
        book.gone(registry_cleanup.KIND, f"{address}/{run.prefix}abc:1")
        book.close()

        left = registry_cleanup.sweep(run, killed=True)

    assert all("not a name of a run; not deleted" in line for line in left)
    assert len(left) == (tag != 5)
    assert not [line for line in asked if "manifests" in line]


def test_an_invalid_digest_is_not_deleted(state):
    with odd_registry(lambda *_: (200, {"Docker-Content-Digest": "x y"}, b"{}")) as (address, asked):
        [left] = registry_cleanup.sweep(noted(f"{address}/{ledger.PREFIX}0-abc:1"))

    assert "no digest, status 200" in left
    assert not [line for line in asked if line.startswith("DELETE")]


def test_a_password_that_a_registry_repeats_is_not_printed(state, tmp_path, command, monkeypatch):
    monkeypatch.setattr(tempdir, "find_stale", list)
    monkeypatch.setattr(clean, "is_alive", lambda _: False)
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", "s3cret-pw")
    with odd_registry(lambda *_: (500, {}, b"bad login s3cret-pw")) as (address, _):
        run = ledger.new_run(f"unix://{tmp_path}/{tempdir.PREFIX}x/docker.sock", registry=address)
        book = ledger.Ledger(run, "main")
        book.note(registry_cleanup.KIND, f"{address}/{run.prefix}abc:1")
        book.close()

        code, _, err = command("clean")

    assert code == 3
    assert "bad login" in err
    assert "s3cret" not in err


def test_a_name_that_belongs_to_no_run_is_not_deleted(registry, credentials, state):
    theirs = push(registry, "theirs", "2", b"theirs too")

    left = registry_cleanup.sweep(noted(theirs))

    assert there(registry, theirs)
    assert "not a name of a run" in left[0]


def test_wrong_credentials_are_reported(registry, credentials, monkeypatch, state):
    name = push(registry, "dockerconf-x", "1", b"x")
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", "wrong")

    assert "refuses" in registry_cleanup.sweep(noted(name))[0]
    assert there(registry, name)
