"""What a run touches beside the daemon: a registry of somebody's, and the place of temporary files."""

from __future__ import annotations

import getpass
import subprocess
import sys

import pytest
from hostile.running import command, environment
from needs import DOCKERD

from conformance.engine.private.daemon import PrivateDaemon
from conformance.engine.registry import LocalRegistry, find_program
from conformance.environment import registry_cleanup
from conformance.http.client import Client
from conformance.model.verdicts import Verdict
from conformance.report.file import read_report

pytestmark = [pytest.mark.engine, DOCKERD]


@pytest.fixture(scope="module")
def daemon():
    with PrivateDaemon() as running:
        yield running


@pytest.mark.skipif(find_program() is None, reason="needs a registry program")
def test_no_tag_stays_at_a_registry_of_somebody(daemon, tmp_path):
    with LocalRegistry(network_of=daemon.pid) as registry:
        # the registry has its port where the daemon has its network
        there = ["nsenter", f"--net=/proc/{daemon.pid}/ns/net", sys.executable, "-m", "conformance", "run"]
        wishes = [
            "--host",
            daemon.endpoint.url,
            "--registry",
            registry.address,
            "--api",
            "1.21",
            "--profile",
            "registry",
            "-n",
            "2",
        ]
        login = {
            "DOCKER_CONFORMANCE_REGISTRY_USER": registry.username,
            "DOCKER_CONFORMANCE_REGISTRY_PASSWORD": registry.password,
        }
        done = subprocess.run(
            [*there, *wishes, "--report", "r.jsonl"],
            cwd=tmp_path,
            env=environment(tmp_path) | login,
            capture_output=True,
            text=True,
            check=False,
        )
        client = Client(registry.endpoint)

        def asked(path):
            return registry_cleanup.send(client, (registry.username, registry.password), "GET", path).json()

        repositories = asked("/v2/_catalog")["repositories"]
        held = {name: asked(f"/v2/{name}/tags/list")["tags"] for name in repositories}
        client.close()

    report = read_report(tmp_path / "r.jsonl")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    passed = {result.case.change for result in report.results if result.verdict is Verdict.PASS}
    assert "1.20/events-image-registry" in passed
    assert report.finished().leaks == []
    assert repositories
    assert not any(held.values()), held


@pytest.fixture
def registry():
    """A registry on the loopback address of this host, which the daemon cannot reach."""
    with LocalRegistry() as started:
        yield started


def run_with_registry(daemon, address, folder):
    return command("run", "--host", daemon.endpoint.url, "--registry", address, folder=folder)


def test_a_registry_that_nothing_answers_at_is_one_line(daemon, tmp_path):
    ran = run_with_registry(daemon, "127.0.0.1:9", tmp_path)

    assert ran.code == 2
    assert ran.err.startswith(
        "docker-conformance: --registry 127.0.0.1:9: the daemon cannot reach it, nor can this run; "
    )
    assert ran.err.count("\n") == 1
    assert not (tmp_path / "state").exists(), "a ledger was opened"


@pytest.mark.skipif(find_program() is None, reason="needs a registry program")
def test_a_registry_that_only_this_host_reaches_is_one_line(daemon, registry, tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_USER", registry.username)
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", registry.password)
    ran = run_with_registry(daemon, registry.address, tmp_path)

    assert ran.code == 2
    assert f"--registry {registry.address}: the daemon cannot reach it, " in ran.err
    assert "nor can this run" not in ran.err


@pytest.mark.skipif(find_program() is None, reason="needs a registry program")
@pytest.mark.parametrize("user", ["", "somebody"])
def test_a_registry_that_refuses_the_user_is_one_line(user, daemon, registry, tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKER_CONFORMANCE_REGISTRY_USER", user)
    ran = run_with_registry(daemon, registry.address, tmp_path)

    assert ran.code == 2
    assert (
        f"--registry {registry.address}: it refuses {f'the user {user}' if user else 'a request'}" in ran.err
    )
    assert ran.err.count("\n") == 1


def test_temporary_files_of_others_stay(daemon, tmp_path, monkeypatch):
    shared = tmp_path / "shared"
    theirs = [shared / f"pytest-of-{getpass.getuser()}" / f"pytest-{number}" for number in range(6)]
    for folder in theirs:
        folder.mkdir(parents=True)
        (folder / "file").write_text("theirs")
    theirs[0].parent.chmod(0o700)
    before = sorted(shared.rglob("*"))
    monkeypatch.setenv("TMPDIR", str(shared))

    done = command(
        "run",
        "--host",
        daemon.endpoint.url,
        "--api",
        "1.21",
        "--change",
        "1.19/info-booleans",
        "-n",
        "2",
        folder=tmp_path,
    )

    assert done.code == 0, done
    assert sorted(shared.rglob("*")) == before
