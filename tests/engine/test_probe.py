import json
from contextlib import ExitStack

import msgspec
import pytest
from scripted import read_head, scripted

from conformance.engine.identity import Daemon, HostFacts, Identity, PrivateFacts, RegistryFacts
from conformance.engine.probe import identify
from conformance.http.endpoint import Endpoint, Tls
from conformance.model.errors import ProbeFault, Unreachable
from conformance.model.versions import ApiVersion

VERSION = {
    "Version": "1.9.1",
    "ApiVersion": "1.21",
    "MinAPIVersion": "1.12",
    "KernelVersion": "4.0",
    "Os": "linux",
}
INFO = {"ID": "A:B", "Driver": "aufs", "MemoryLimit": True, "SwapLimit": False, "NCPU": 4}


@pytest.fixture
def serve(tmp_path):
    """Answer each request over a unix socket with what `answers` maps its path to; give back the endpoint."""
    with ExitStack() as stack:

        def start(answers):
            def script(connection):
                request = read_head(connection).split(b" ")
                connection.sendall(answers(request[1].decode()) if len(request) > 1 else b"")

            return stack.enter_context(scripted(tmp_path, script))

        yield start


def http(body, status=200, kind="application/json"):
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    return head.encode() + data


def daemon(version, oldest=0):
    """A daemon that gives `version` and refuses paths of API versions below 1.`oldest`."""

    def answers(path):
        prefix, _, rest = path.removeprefix("/v1.").partition("/")
        if path.startswith("/v1.") and (int(prefix) < oldest or rest != "version"):
            return http({"message": "client is too old"}, 400)
        return http(INFO if path == "/info" else version)

    return answers


def without(*members):
    return {name: value for name, value in VERSION.items() if name not in members}


def test_identity_is_what_the_daemon_says(serve):
    identity, info = identify(serve(daemon(VERSION)))

    assert (identity.name, identity.version, str(identity.oldest), str(identity.newest)) == (
        "Docker Engine",
        "1.9.1",
        "1.12",
        "1.21",
    )
    assert (identity.oldest_from, identity.storage_driver, info["NCPU"]) == ("said", "aufs", 4)


def test_podman_is_not_taken_for_docker(serve):
    components = [{"Name": "Podman Engine", "Version": "5.4.2"}, {"Name": "Conmon", "Version": "a\nb"}]
    identity, _ = identify(serve(daemon({**VERSION, "Components": components})))

    assert identity.name == "Podman Engine"
    assert identity.components == {"Podman Engine": "5.4.2", "Conmon": "a"}


def test_oldest_version_that_is_not_announced_is_probed(serve):
    identity, _ = identify(serve(daemon(without("MinAPIVersion"), oldest=14)))

    assert (str(identity.oldest), str(identity.newest), identity.oldest_from) == ("1.14", "1.21", "probed")


@pytest.mark.parametrize("value", ["99999.1", "", "-1.2", "1", "v1.21", "10.1", None, 1.21, [], "1.21\n"])
def test_absurd_version_is_no_window(value, serve):
    with pytest.raises(ProbeFault, match="not an API version") as caught:
        identify(serve(daemon({**VERSION, "ApiVersion": value})))

    assert "\n" not in str(caught.value)


def test_window_that_runs_backwards_is_refused(serve):
    with pytest.raises(ProbeFault, match=r"1\.22 to 1\.21"):
        identify(serve(daemon({**VERSION, "MinAPIVersion": "1.22"})))


@pytest.mark.parametrize(
    "answer",
    [
        http("<html>hello</html>", kind="text/html"),
        http("<html>" + "x" * 5000, status=404, kind="text/html"),
        http([]),
        http({}),
        http("null"),
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"220 smtp ready\r\n\r\n",
    ],
)
def test_what_is_not_a_daemon_is_one_short_line(answer, serve):
    with pytest.raises(ProbeFault) as caught:
        identify(serve(lambda path: answer))

    assert "check --host" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "answer",
    [
        http("Client sent an HTTP request to an HTTPS server.\n", 400, "text/plain"),
        http("<center>The plain HTTP request was sent to HTTPS port</center>", 400, "text/html"),
        b"\x15\x03\x01\x00\x02\x02\x46",
    ],
    ids=["go", "nginx", "alert"],
)
def test_a_tls_port_that_is_asked_in_plain_says_what_is_missing(answer, serve):
    with pytest.raises(ProbeFault, match="speaks TLS only: give --tlscacert"):
        identify(serve(lambda path: answer))


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("HTTP/1.1 302 Found\r\nLocation: https://gate.example/login", "to https://gate.example/login: name"),
        (
            "HTTP/1.1 401 Unauthorized\r\nServer: nginx/1.22.1",
            r"a proxy \(nginx/1.22.1\) answers .* asks for a login",
        ),
        ("HTTP/1.1 403 Forbidden\r\nServer: nginx/1.22.1", r"a proxy \(nginx/1.22.1\) answers .* refuses it"),
        ("HTTP/1.1 403 Forbidden", "a proxy answers for the daemon and refuses it"),
        (
            "HTTP/1.1 502 Bad Gateway\r\nServer: nginx/1.22.1",
            r"a proxy \(nginx/1.22.1\) .* does not reach it",
        ),
        ("HTTP/1.1 503 Service Unavailable", "a proxy answers for the daemon and does not reach it"),
        ("HTTP/1.1 404 Not Found", "this is not a Docker daemon"),
    ],
)
def test_a_refusal_of_a_proxy_is_named(head, words, serve):
    page = "<html>no</html>"
    answer = f"{head}\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n{page}".encode()

    with pytest.raises(ProbeFault, match=words) as caught:
        identify(serve(lambda path: answer))

    assert "\n" not in str(caught.value)


def test_listener_that_hangs_up_is_unreachable(serve):
    with pytest.raises(Unreachable, match="closed the connection"):
        identify(serve(lambda path: b"HTTP/1.1 200 OK\r\n"))


def test_daemon_survives_json():
    tls = Endpoint(path="/t", tls=Tls(ca="ca", cert="cert", key="key", server_name="localhost"))
    before = Daemon(
        target="x",
        sentence="why",
        endpoint=Endpoint(host="h", port=1),
        identity=Identity(
            name="Docker Engine", version="1", newest=ApiVersion(1, 100), oldest=ApiVersion(1, 9)
        ),
        host=HostFacts(source="seen", controllers=["cpu"]),
        capabilities={"registry": "", "freezer": "none"},
        private=PrivateFacts(pid=1, binary="b", log="l", labels={"a": "b"}, endpoints={"good": tls}),
        registry=RegistryFacts(address="a:1", username="u", password="secret", endpoint=Endpoint(path="/r")),
    )
    after = Daemon.from_json(before.to_json())

    assert after == before
    assert msgspec.json.decode(before.to_json())["endpoint"]["port"] == 1
    assert (after.oldest, after.newest) == (ApiVersion(1, 9), ApiVersion(1, 100))
    assert after.serves(ApiVersion(1, 21))
    assert not after.serves(ApiVersion(1, 101))
    assert (after.missing("registry"), after.missing("freezer")) == ("", "none")
    assert after.missing("unheard-of") == "unknown need 'unheard-of'"
    assert after.behind(Endpoint(path="/p")).endpoint.path == "/p"


def test_passwords_are_named_as_secrets():
    facts = PrivateFacts(pid=1, binary="b", log="l", proxies={"http": "http://u:hidden@p:1", "no": "a,b"})
    found = Daemon(
        target="x",
        sentence="why",
        endpoint=Endpoint(path="/x"),
        identity=Identity(name="x", version="1", newest=ApiVersion(1, 2), oldest=ApiVersion(1, 1)),
        host=HostFacts(source="told"),
        capabilities={},
        private=facts,
        registry=RegistryFacts(address="a:1", password="secret"),
    ).secrets

    assert found == ["secret", "hidden"]


def test_a_registry_is_shown_without_its_password():
    assert "pw" not in repr(RegistryFacts(address="a:1", username="u", password="pw"))
