"""What stands before a real daemon is named in one sentence, and its rules are not judged."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hostile.running import command
from needs import DOCKERD
from networking import HAPROXY, NGINX, haproxy, nginx, tcp_port

from conformance.engine.intermediaries import find_intermediary
from conformance.engine.private.daemon import PrivateDaemon
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.model.versions import ApiVersion

pytestmark = [pytest.mark.engine, DOCKERD]

UPGRADE = (
    "proxy_http_version 1.1;",
    "proxy_set_header Upgrade $http_upgrade;",
    "proxy_set_header Connection $http_connection;",
)
#: As the usual image for guarding the socket writes them.
GUARD = (
    "http-request deny unless METH_GET || { env(POST) -m bool }",
    "http-request deny if { path,url_dec -m reg -i ^(/v[\\d\\.]+)?/(volumes|networks|exec) }",
)
ONLY_NOUNS = (GUARD[1],)


@pytest.fixture(scope="module")
def daemon():
    with PrivateDaemon() as running:
        yield running


def obstacle(port):
    return find_intermediary(Endpoint(host="127.0.0.1", port=port), ApiVersion(1, 41)).obstacle


def objects(daemon):
    """Everything on the daemon, in an order that does not depend on it."""
    client = Client(daemon.endpoint)
    paths = ("/containers/json?all=1", "/images/json?all=1", "/volumes", "/networks")
    rows = [client.get(path).json() for path in paths]
    return [sorted(map(str, found)) if isinstance(found, list) else found for found in rows]


def test_nothing_is_found_before_a_socket_and_nothing_changes(daemon):
    before = objects(daemon)

    assert find_intermediary(daemon.endpoint, ApiVersion(1, 41)).obstacle == ""
    assert objects(daemon) == before


def test_nothing_is_found_behind_a_forwarded_port(daemon):
    with tcp_port(daemon.endpoint.path) as port:
        assert obstacle(port) == ""


@NGINX
def test_a_proxy_that_forwards_everything_is_no_obstacle(daemon, tmp_path):
    with nginx(tmp_path / "n", daemon.endpoint.path, *UPGRADE) as port:
        assert obstacle(port) == ""


@NGINX
def test_a_proxy_that_allows_only_reading_is_named(daemon, tmp_path):
    with nginx(tmp_path / "n", daemon.endpoint.path, *UPGRADE, "limit_except GET { deny all; }") as port:
        sentence = obstacle(port)

    assert sentence.startswith("a proxy (nginx/")
    assert " refuses POST, PUT and DELETE with status 403: " in sentence


@NGINX
def test_a_proxy_that_loses_upgrades_is_named(daemon, tmp_path):
    with nginx(tmp_path / "n", daemon.endpoint.path) as port:
        sentence = obstacle(port)

    assert sentence.startswith("a proxy (nginx/")
    assert "does not forward the header Upgrade" in sentence


@pytest.mark.parametrize(
    ("name", "serve", "directives"),
    [
        pytest.param(r"nginx/[\d.]+", nginx, UPGRADE, marks=NGINX, id="nginx"),
        pytest.param("haproxy", haproxy, (), marks=HAPROXY, id="haproxy"),
    ],
)
def test_a_proxy_that_spoils_raw_streams_ends_the_run(name, serve, directives, daemon, tmp_path):
    before = objects(daemon)
    with serve(tmp_path / "p", daemon.endpoint.path, *directives) as port:
        host = f"tcp://127.0.0.1:{port}"
        ran = command("run", "--host", host, "--change", "1.15/exec-start", folder=tmp_path)

    assert ran.code == 2
    assert re.search(
        rf"a proxy \({name}\) answers for the daemon and does not forward raw streams: ", ran.err
    )
    assert objects(daemon) == before


@HAPROXY
@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (GUARD, "POST, PUT, DELETE, GET /volumes and GET /networks"),
        (ONLY_NOUNS, "GET /volumes, GET /networks, POST /exec/NAME/start, DELETE /volumes/NAME and DELETE"),
    ],
    ids=["read only", "without volumes, networks and exec"],
)
def test_the_rules_with_which_people_guard_the_socket_are_named(rules, words, daemon, tmp_path):
    with haproxy(tmp_path / "h", daemon.endpoint.path, *rules) as port:
        sentence = obstacle(port)

    assert sentence.startswith(f"a proxy (haproxy) answers for the daemon and refuses {words}")


@HAPROXY
def test_run_and_doctor_say_the_same_and_ask_nothing_more(daemon, tmp_path):
    before = objects(daemon)
    with haproxy(tmp_path / "h", daemon.endpoint.path, *GUARD) as port:
        sentence = obstacle(port)
        host = ("--host", f"tcp://127.0.0.1:{port}")
        ran = command("run", *host, "--change", "1.19/info-booleans", folder=tmp_path)
        doctor = command("doctor", *host, folder=tmp_path)

    assert (ran.code, doctor.code) == (2, 2)
    assert ran.err == f"docker-conformance: {sentence}\n"
    assert sentence in " ".join(doctor.out.split())
    assert objects(daemon) == before


@contextmanager
def authorization_plugin(daemon, name, allow):
    """Turn on a plugin that decides by `allow(method, path)`, as a daemon's configuration does."""
    path = f"/proc/{daemon.pid}/root/run/docker/plugins/{name}.sock"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    configuration = Path(daemon.directory, "daemon.json")

    def reload(text):
        configuration.write_text(text)
        os.kill(daemon.daemon_pid, signal.SIGHUP)

    def serve(connection):
        with connection, connection.makefile("rb") as stream:
            while stream.readline():
                length = 0
                while (line := stream.readline().strip()) != b"":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                asked = json.loads(stream.read(length) or b"{}")
                answer = {"Implements": ["authz"]}
                if "RequestMethod" in asked:
                    good = allow(asked["RequestMethod"], asked.get("RequestUri", ""))
                    answer = {"Allow": good, "Msg": "" if good else "not today"}
                body = json.dumps(answer).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    def accept():
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(16)
        threading.Thread(target=accept, daemon=True).start()
        reload(json.dumps({"authorization-plugins": [name]}))
        try:
            yield
        finally:
            reload("{}")
            listener.shutdown(socket.SHUT_RDWR)


def test_an_authorization_plugin_is_named(tmp_path):
    with (
        PrivateDaemon() as daemon,
        authorization_plugin(daemon, "guard", lambda method, _: method in ("GET", "HEAD")),
    ):
        ends = time.monotonic() + 10
        while (
            not (sentence := find_intermediary(daemon.endpoint, ApiVersion(1, 41)).obstacle)
            and time.monotonic() < ends
        ):
            time.sleep(0.1)

    assert sentence.startswith("the authorization plugin guard refuses POST, PUT and DELETE: ")
