"""Tags that a killed run left at somebody's registry: gone by the ledger, and nobody else's touched."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from conformance.client import Client
from conformance.daemons.registry import LocalRegistry, find_program
from conformance.stage import ledger, tags

pytestmark = [pytest.mark.engine, pytest.mark.skipif(find_program() is None, reason="needs a registry program")]
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
    client.put(f"{path}&digest={digest}", body=content, headers={**headers, "Content-Type": "application/octet-stream"})
    layer = {"mediaType": MANIFEST, "size": len(content), "digest": digest}
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": layer, "layers": [layer]}
    answer = client.put(f"/v2/{repository}/manifests/{tag}", body=json.dumps(manifest).encode(), headers={**headers, "Content-Type": MANIFEST})
    client.close()
    assert answer.status == 201, answer.error
    return f"{registry.address}/{repository}:{tag}"


def there(registry, name):
    client = Client(registry.endpoint)
    path, tag = tags.split(name)
    status = tags.ask(client, (registry.username, registry.password), "HEAD", f"/v2/{path}/manifests/{tag}").status
    client.close()
    return status == 200


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state directory of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def noted(name):
    """A run whose ledger has the tag."""
    run = ledger.new_run("unix:///no-daemon")
    book = ledger.Ledger(run, "main")
    book.note(tags.KIND, name)
    book.close()
    return run


def test_what_a_killed_run_pushed_goes_and_what_others_have_stays(registry, credentials, state):
    run = ledger.new_run("unix:///no-daemon")
    ours = push(registry, f"{run.prefix}abc", "1", b"ours")
    theirs = push(registry, "theirs", "1", b"theirs")
    book = ledger.Ledger(run, "main")
    book.note(tags.KIND, ours)
    book.close()

    assert tags.sweep(run, killed=True) == []
    assert (there(registry, ours), there(registry, theirs)) == (False, True)


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed"])
def test_what_the_ledger_forgot_is_found_in_the_repositories_of_the_run(killed, registry, credentials, state):
    run = ledger.new_run("unix:///no-daemon", registry=registry.address)
    ours = push(registry, f"{run.prefix}abc", "1", b"ours")
    anothers = push(registry, f"{ledger.PREFIX}0000-abc", "1", b"another run's")
    book = ledger.Ledger(run, "main")
    book.will_create("image", ours)
    book.gone("image", ours)
    book.will_create("image", anothers)
    book.close()

    assert tags.sweep(run, killed=killed) == ([] if killed else [f"tag {ours} was left behind, and deleted at the end"])
    assert (there(registry, ours), there(registry, anothers)) == (False, True)
    assert tags.sweep(run) == []


def test_a_name_that_is_no_runs_is_not_deleted(registry, credentials, state):
    theirs = push(registry, "theirs", "2", b"theirs too")

    left = tags.sweep(noted(theirs))

    assert there(registry, theirs)
    assert "no name of a run" in left[0]


def test_without_the_credentials_it_is_said(registry, credentials, monkeypatch, state):
    name = push(registry, "dockerconf-x", "1", b"x")
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", "wrong")

    assert "refuses" in tags.sweep(noted(name))[0]
    assert there(registry, name)
