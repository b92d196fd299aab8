"""Which answers are those of something before the daemon."""

import pytest
from scripted import read_head, scripted

from conformance.engine.intermediaries import find_intermediary, name_proxy
from conformance.http.messages import Response
from conformance.model.versions import ApiVersion

HAPROXY_PAGE = (
    b"<html><body><h1>403 Forbidden</h1>\nRequest forbidden by administrative rules.\n</body></html>"
)


def answering_all(status, body, *headers):
    def script(connection):
        while read_head(connection):
            head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
            connection.sendall("\r\n".join([*head, "", ""]).encode() + body)

    return script


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (403, HAPROXY_PAGE, (), "a proxy (haproxy) answers"),
        (403, b"<html>no</html>", (), "a proxy answers for the daemon and refuses"),
        (403, b"RBAC: access denied", ("Server: envoy",), "a proxy (envoy) answers"),
        (401, b"login", ("Via: 1.1 gate.example",), "a proxy (1.1 gate.example) answers"),
        (
            404,
            b"<html><center>nginx/1.22.1</center></html>",
            ("Server: nginx/1.22.1",),
            "a proxy (nginx/1.22.1)",
        ),
        (
            403,
            b'{"message":"authorization denied by plugin opa: no"}',
            (),
            "the authorization plugin opa refuses",
        ),
        (403, b"authorization denied by plugin opa: no", (), "the authorization plugin opa refuses"),
    ],
)
def test_an_answer_of_something_else_is_named(status, body, headers, words, tmp_path):
    with scripted(tmp_path, answering_all(status, body, *headers)) as endpoint:
        sentence = find_intermediary(endpoint, ApiVersion(1, 41)).obstacle

    assert sentence.startswith(words)
    assert "GET, POST, PUT and DELETE" in sentence


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (404, b'{"message":"no such container"}', ()),
        (404, b"<html>no such route</html>", ()),
        (405, b"<html>Method Not Allowed</html>", ("Server: fooengine/1.0",)),
        (404, b"<html>no such route</html>", ("Server: nginx/1.22.1",)),
        (403, b'{"message":"it is paused"}', ("Server: nginx/1.22.1",)),
        (403, b"never", ("Server: fooengine/1.0",)),
        (500, b"", ()),
        (200, b"<html>odd</html>", ()),
    ],
)
def test_an_answer_of_an_engine_is_judged_as_such(status, body, headers, tmp_path):
    with scripted(tmp_path, answering_all(status, body, *headers)) as endpoint:
        assert find_intermediary(endpoint, ApiVersion(1, 41)).obstacle == ""


def test_a_daemon_that_hangs_up_ends_the_search(tmp_path):
    with scripted(tmp_path, read_head) as endpoint:
        assert find_intermediary(endpoint, ApiVersion(1, 41)).obstacle == ""


@pytest.mark.parametrize("server", ["Docker/20.10.24 (linux)", "Libpod/5.4.2 (linux)", "fooengine", ""])
def test_the_name_of_an_engine_is_not_that_of_a_proxy(server):
    assert name_proxy(Response(200, headers=(("Server", server),))) == ""
