"""A real daemon over TCP, TLS and ssh: uploads, hijacked connections, and a whole run."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path

import pytest
from hostile.running import Live, command
from needs import DOCKERD
from networking import HAPROXY, SSHD, haproxy, ssh_server, tcp_port

from conformance.engine.private.daemon import PrivateDaemon
from conformance.engine.private.relay import Relay
from conformance.environment.rootfs import make_rootfs
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint, Tls
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import read_report

pytestmark = [pytest.mark.engine, DOCKERD]

PORT = 2375
#: An image by import, an archive that is uploaded, hijacked connections of both kinds, an image by build.
CHANGES = (
    "1.14/import-takes-repo-with-tag",
    "1.20/archive-put",
    "1.15/exec-start",
    "1.17/build-label",
    "general/attach-carries-both-directions",
)
VERSIONS = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}


@dataclass(frozen=True)
class OneVersion(Tls):
    """TLS in one version of the protocol."""

    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3

    def context(self) -> ssl.SSLContext:
        context = super().context()
        context.minimum_version = context.maximum_version = self.version
        return context


@pytest.fixture(scope="module")
def daemon():
    """A daemon on a unix socket, and on TCP with client certificates."""
    with PrivateDaemon(tls=True) as running:
        yield running


@pytest.fixture
def plain_port(tmp_path):
    """A port of a daemon that listens on TCP without TLS."""
    with PrivateDaemon(arguments=[f"--host=tcp://127.0.0.1:{PORT}"]) as running:
        relay = Relay(
            str(tmp_path / "relay.sock"), port=PORT, log=str(tmp_path / "log"), network_of=running.pid
        )
        relay.start()
        with tcp_port(relay.path) as port:
            yield port
        relay.stop()


@pytest.fixture(scope="module", params=VERSIONS)
def client(request, daemon):
    """A client over TCP with a client certificate, in one version of TLS."""
    good = daemon.tls_endpoints["good"]
    tls = OneVersion(good.tls.ca, good.tls.cert, good.tls.key, version=VERSIONS[request.param])
    with tcp_port(good.path) as port:
        client = Client(Endpoint(host="localhost", port=port, tls=tls), ApiVersion(1, 41))
        yield client
        client.close()


@pytest.fixture(scope="module")
def image(client):
    """The id of an image of 2 MB that was uploaded over TLS."""
    data = make_rootfs()
    assert len(data) > 1_500_000
    messages = client.post("/images/create", {"fromSrc": "-"}, body=data).messages()
    return messages[-1]["status"]


def test_an_upload_of_two_megabytes_arrives_whole(client, image):
    assert client.get(f"/images/{image}/json").json()["Size"] > 1_500_000


def test_a_large_upload_that_is_refused_early_is_answered(client):
    answer = client.put("/containers/no-such-container/archive", {"path": "/"}, body=b"x" * 20_000_000)

    assert answer.status == 404
    assert client.get("/_ping").body == b"OK"


def test_a_kept_connection_is_used_again(client):
    client.get("/_ping")

    assert client.is_open()
    assert client.get("/_ping").body == b"OK"


def test_a_hijacked_connection_carries_both_directions(client, image):
    body = {"Image": image, "Cmd": ["cat"], "OpenStdin": True, "StdinOnce": True}
    name = client.post("/containers/create", json=body).json()["Id"]
    with client.hijack(
        "POST", f"/containers/{name}/attach", {"stream": 1, "stdin": 1, "stdout": 1}
    ) as attached:
        assert client.post(f"/containers/{name}/start").status == 204
        attached.send(b"over TLS\n")
        frame = attached.frame()
    client.delete(f"/containers/{name}", {"force": 1})

    assert frame == (1, b"over TLS\n")


@pytest.fixture(
    params=["tcp", "TLS", pytest.param("TLS of a proxy", marks=HAPROXY), pytest.param("ssh", marks=SSHD)]
)
def address(request, tmp_path, monkeypatch):
    """The arguments with which a run reaches a daemon."""
    if request.param == "tcp":
        yield ["--host", f"tcp://127.0.0.1:{request.getfixturevalue('plain_port')}"]
        return
    daemon = request.getfixturevalue("daemon")
    if request.param == "ssh":
        with ssh_server(tmp_path / "ssh") as (host, directory):
            monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
            yield ["--host", f"ssh://{host}{daemon.endpoint.path}"]
    elif request.param == "TLS of a proxy":
        ca = Path(daemon.tls_endpoints["good"].tls.ca)
        pair = tmp_path / "pair.pem"
        pair.write_bytes(
            b"".join((ca.parent / name).read_bytes() for name in ("server.pem", "server-key.pem"))
        )
        with haproxy(tmp_path / "h", daemon.endpoint.path, mode="tcp", certificate=pair) as port:
            yield ["--host", f"tcp://127.0.0.1:{port}", "--tlscacert", str(ca)]
    else:
        good = daemon.tls_endpoints["good"]
        files = ["--tlscacert", good.tls.ca, "--tlscert", good.tls.cert, "--tlskey", good.tls.key]
        with tcp_port(good.path) as port:
            yield ["--host", f"tcp://127.0.0.1:{port}", *files]


def test_a_run_over_the_network_passes(address, tmp_path):
    selection = ["--api", "1.14,1.20", *(word for change in CHANGES for word in ("--change", change))]
    ran = command("run", *address, *selection, "--report", "report.jsonl", folder=tmp_path)
    report = read_report(tmp_path / "report.jsonl")

    assert ran.code == 0, ran
    assert {result.verdict for result in report.results if not result.legacy} == {Verdict.PASS}
    assert report.finished().leaks == []


@SSHD
def test_what_a_killed_run_over_ssh_left_is_removed_over_ssh(daemon, tmp_path, monkeypatch):
    client = Client(daemon.endpoint)

    def objects():
        rows = [
            row
            for path in ("/containers/json", "/images/json")
            for row in client.get(path, {"all": 1}).json()
        ]
        return sorted(rows, key=lambda row: row["Id"])  # images of one second come in any order

    with ssh_server(tmp_path / "ssh") as (host, directory):
        monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
        selection = [word for change in CHANGES for word in ("--change", change)]
        before = objects()
        arguments = ("--host", f"ssh://{host}{daemon.endpoint.path}", "--api", "1.20")
        with Live(*arguments, *selection, folder=tmp_path) as live:
            live.until('{"case":', count=2)
            live.process.kill()
            live.wait()
        left = objects()
        cleaned = command("clean", folder=tmp_path)

    assert left != before, "the killed run left nothing, so there is nothing to see"
    assert cleaned.code == 0, cleaned
    assert objects() == before
