"""The registry that is emulated: tokens, searches, and transfers that halt."""

import http.client
import json
import socket
import threading
import time
from base64 import b64encode
from urllib.parse import urlsplit

import pytest

from conformance.engine import registry_program

BEARER = {"Authorization": "Bearer given"}
LOGIN = {"Authorization": "Basic " + b64encode(b"somebody:secret").decode()}


@pytest.fixture
def port():
    """The port of a registry that runs in this process."""
    server = registry_program.create_server(
        0, registry_program.State("somebody", "secret", "given", "identity")
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def ask(port):
    """Sends a request; returns the status, the headers and the body of the answer."""

    def send(method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        found = answer.status, answer.headers, answer.read()
        connection.close()
        return found

    return send


def test_it_asks_for_a_token_and_says_where_one_is_issued(ask, port):
    status, headers, _ = ask("GET", "/v2/")

    assert status == 401
    assert (
        headers["WWW-Authenticate"] == f'Bearer realm="http://127.0.0.1:{port}/token",service="conformance"'
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "good"),
    [
        ("GET", "/token", None, LOGIN, True),
        ("GET", "/token", None, {}, False),
        ("POST", "/token", "grant_type=refresh_token&refresh_token=identity", {}, True),
        ("POST", "/token", "grant_type=refresh_token&refresh_token=another", {}, False),
    ],
)
def test_a_token_is_issued_for_the_login_or_the_identity_token(ask, method, path, body, headers, good):
    status, _, answer = ask(method, path, body, headers)

    assert status == (200 if good else 401)
    if good:
        issued = {"Authorization": f"Bearer {json.loads(answer)['access_token']}"}
        assert ask("GET", "/v2/", headers=issued)[0] == 200


def test_the_identity_token_comes_with_a_login_that_asks_for_one(ask):
    plain, offline = (
        json.loads(ask("GET", f"/token{query}", headers=LOGIN)[2]) for query in ("", "?offline_token=true")
    )

    assert ("refresh_token" in plain, offline["refresh_token"]) == (False, "identity")


def test_a_search_finds_as_many_as_are_asked_for(ask):
    document = json.loads(ask("GET", "/v1/search?q=word&n=3")[2])

    assert [row["name"] for row in document["results"]] == ["word-1", "word-2", "word-3"]


def test_an_image_has_the_blobs_that_its_manifest_names(ask):
    manifest = json.loads(ask("GET", "/v2/some/manifests/1", headers=BEARER)[2])

    for row in (manifest["config"], *manifest["layers"]):
        blob = ask("GET", f"/v2/some/blobs/{row['digest']}", headers=BEARER)[2]
        assert len(blob) == row["size"]
    assert ask("GET", f"/v2/some/blobs/sha256:{'0' * 64}", headers=BEARER)[0] == 404


def transfers(ask):
    return json.loads(ask("GET", "/_state")[2])["transfers"]


def wait_for(ask, state):
    ends = time.monotonic() + 10
    while transfers(ask).get("halting") != state and time.monotonic() < ends:
        time.sleep(0.01)
    assert transfers(ask)["halting"] == state


@pytest.mark.parametrize(("leaves", "end"), [(False, "complete"), (True, "aborted")])
def test_a_pull_that_halts_tells_whether_its_reader_stays(ask, port, leaves, end):
    manifest = json.loads(ask("GET", "/v2/halting/manifests/1", headers=BEARER)[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/v2/halting/blobs/{manifest['layers'][0]['digest']}", headers=BEARER)
    answer = connection.getresponse()
    wait_for(ask, "halted")

    if leaves:
        answer.close()
        connection.close()
    ask("POST", "/_resume")
    if not leaves:
        answer.read()

    wait_for(ask, end)


@pytest.mark.parametrize(("method", "query"), [("PATCH", ""), ("PUT", "?digest=sha256:1")])
@pytest.mark.parametrize(("leaves", "end"), [(False, "complete"), (True, "aborted")])
def test_a_push_that_halts_tells_whether_its_sender_stays(ask, port, leaves, end, method, query):
    location = ask("POST", "/v2/halting/blobs/uploads/", "", BEARER)[1]["Location"]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, urlsplit(location).path + query)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.putheader("Authorization", BEARER["Authorization"])
    connection.endheaders()
    connection.send(b"30D40\r\n" + b"x" * 200_000 + b"\r\n")
    wait_for(ask, "halted")

    if not leaves:
        connection.send(b"0\r\n\r\n")
    else:
        connection.close()
    ask("POST", "/_resume")

    wait_for(ask, end)


def test_a_push_is_known_by_its_name(ask):
    location = ask("POST", "/v2/some/blobs/uploads/", "", BEARER)[1]["Location"]
    digest = "sha256:" + "1" * 64

    ask("PATCH", location, b"content", BEARER)
    ask("PUT", f"{location}?digest={digest}", "", BEARER)
    ask("PUT", "/v2/some/manifests/7", b"{}", BEARER)

    assert ask("HEAD", f"/v2/some/blobs/{digest}", headers=BEARER)[1]["Content-Length"] == "7"
    assert json.loads(ask("GET", "/_state")[2])["pushed"] == ["some:7"]


def test_tls_is_refused_in_plain_text(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01" + bytes(200))

        assert connection.recv(100).startswith(b"HTTP/1.0 400")
