import hashlib
import json
import os
import socket
from types import SimpleNamespace

import pytest

from conformance.engine import docker_config
from conformance.engine.addresses import check_reachable, parse_url
from conformance.engine.ssh import SshAddress
from conformance.engine.targets import choose, find
from conformance.http.endpoint import Endpoint, Tls
from conformance.model.errors import Unreachable, UsageError


@pytest.fixture
def nowhere(tmp_path):
    """An environment in which nothing points to a daemon."""
    return {"HOME": str(tmp_path), "PATH": str(tmp_path)}


@pytest.fixture
def listener(tmp_path):
    """A unix socket that accepts connections and never answers."""
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(8)
        yield path


def context(home, name, host, **more):
    """Make the Docker context `name` the current one."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = home / ".docker/contexts/meta" / digest
    meta.mkdir(parents=True)
    meta.joinpath("meta.json").write_text(
        json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host, **more}}})
    )
    home.joinpath(".docker/config.json").write_text(json.dumps({"currentContext": name}))
    return home / ".docker/contexts/tls" / digest / "docker"


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("unix:///run/x.sock", Endpoint(path="/run/x.sock")),
        ("tcp://10.0.0.1", Endpoint(host="10.0.0.1", port=2375)),
        ("tcp://[::1]:99/", Endpoint(host="::1", port=99)),
        ("http://daemon:80", Endpoint(host="daemon", port=80, scheme="http")),
        ("https://daemon", Endpoint(host="daemon", port=2376, tls=Tls(), scheme="https")),
    ],
)
def test_url_becomes_an_endpoint(url, endpoint):
    assert parse_url(url) == endpoint


@pytest.mark.parametrize(
    "url", ["tcp://10.0.0.1:2375", "http://daemon:80", "https://daemon:2376", "tcp://[::1]:99"]
)
def test_an_address_comes_back_as_it_was_written(url):
    assert parse_url(url).url == url


def test_tcp_with_tls_has_another_default_port():
    assert parse_url("tcp://daemon", Tls(ca="ca.pem")) == Endpoint(
        host="daemon", port=2376, tls=Tls(ca="ca.pem")
    )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "the address is empty"),
        ("/run/x.sock", "did you mean unix:///run/x.sock"),
        ("daemon:2375", "did you mean tcp://daemon:2375"),
        ("npipe:////./pipe/x", "npipe:// is not a scheme"),
        ("rel.sock", f"did you mean unix://{os.getcwd()}/rel.sock"),
        ("run/docker", f"did you mean unix://{os.getcwd()}/run/docker"),
        ("unix://x.sock", f"write unix://{os.getcwd()}/x.sock"),
        ("tcp://::1:12999", "write tcp://[::1]:12999"),
        ("tcp://fe80::1:2375", "write tcp://[fe80::1]:2375"),
        ("http://", "write http://host:port"),
        ("tcp://", "the host is missing"),
        ("tcp://daemon:99999", "out of range"),
        ("tcp://a:b@daemon", "takes no user name"),
        ("tcp://daemon/below", "below a path"),
        ("ssh://", "the host is missing"),
        ("ssh://-oProxyCommand=x", "the host is missing"),
        ("ssh://a:b@daemon", "takes no password"),
    ],
)
def test_url_that_is_none_says_what_to_write(url, words):
    with pytest.raises(UsageError) as caught:
        parse_url(url)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unix_takes_no_tls_files_that_were_asked_for():
    with pytest.raises(UsageError, match="takes no TLS files"):
        parse_url("unix:///x", Tls(ca="x"), explicit=True)


def test_ssh_address_names_user_port_and_socket():
    address = SshAddress.parse("ssh://me@there:2222/run/podman/podman.sock")

    assert address == SshAddress("there", "me", 2222, "/run/podman/podman.sock")
    assert address.command("/l")[-6:] == ["-L", "/l:/run/podman/podman.sock", "-p", "2222", "--", "me@there"]


@pytest.mark.parametrize("url", ["ssh://me@there:2222/run/x.sock", "ssh://there/var/run/docker.sock"])
def test_an_ssh_address_comes_back_as_it_was_written(url):
    assert SshAddress.parse(url).url == url


def test_ssh_without_a_path_means_the_default_socket():
    assert SshAddress.parse("ssh://there").socket == "/var/run/docker.sock"


def test_missing_socket_is_unreachable(tmp_path):
    with pytest.raises(Unreachable, match="no such socket: start the daemon"):
        check_reachable(Endpoint(path=str(tmp_path / "none")))


def test_a_file_that_is_no_socket_is_a_mistake(tmp_path):
    tmp_path.joinpath("file").touch()

    with pytest.raises(UsageError, match="not a socket"):
        check_reachable(Endpoint(path=str(tmp_path / "file")))


def test_a_path_that_is_too_long_is_a_mistake():
    with pytest.raises(UsageError, match="107 bytes"):
        check_reachable(Endpoint(path="/" + "x" * 107))


def test_a_socket_without_a_listener_is_unreachable(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))

    with pytest.raises(Unreachable, match="connection refused"):
        check_reachable(Endpoint(path=str(tmp_path / "s")))


def test_host_and_dockerd_exclude_each_other(nowhere):
    with pytest.raises(UsageError, match="exclude each other"):
        choose("unix:///x", "dockerd", environ=nowhere)


def test_named_host_wins_over_the_environment(nowhere):
    target = choose("unix:///x", environ={**nowhere, "DOCKER_HOST": "unix:///y"})

    assert target.address == Endpoint(path="/x")
    assert "--host" in target.sentence


def test_dockerd_wins_over_the_environment(nowhere, tmp_path):
    build = tmp_path / "dockerd"
    build.touch(mode=0o755)
    target = choose(None, str(build), environ={**nowhere, "DOCKER_HOST": "unix:///y"})

    assert target.is_private
    assert target.binary == str(build)


def test_environment_wins_over_the_context(nowhere, tmp_path):
    context(tmp_path, "far", "tcp://far:1")
    target = choose(environ={**nowhere, "DOCKER_HOST": "unix:///y"})

    assert "DOCKER_HOST" in target.sentence


def test_current_context_is_followed(nowhere, tmp_path):
    context(tmp_path, "far", "tcp://far:1")
    target = choose(environ=nowhere)

    assert target.address == Endpoint(host="far", port=1)
    assert "the Docker context far" in target.sentence


def test_context_brings_its_tls_files(nowhere, tmp_path):
    files = context(tmp_path, "far", "tcp://far:1", SkipTLSVerify=False)
    files.mkdir(parents=True)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        files.joinpath(name).touch()

    tls = choose(environ=nowhere).address.tls

    assert tls == Tls(ca=str(files / "ca.pem"), cert=str(files / "cert.pem"), key=str(files / "key.pem"))


def test_context_that_is_not_there_is_named(nowhere):
    with pytest.raises(UsageError, match="no Docker context 'gone'"):
        choose(environ={**nowhere, "DOCKER_CONTEXT": "gone"})


def test_configuration_that_is_not_json_is_named(nowhere, tmp_path):
    tmp_path.joinpath(".docker").mkdir()
    tmp_path.joinpath(".docker/config.json").write_text("{")

    with pytest.raises(UsageError, match=r"config\.json is not JSON"):
        choose(environ=nowhere)


def test_no_daemon_at_all_says_what_was_tried_and_what_to_do(nowhere, tmp_path):
    with pytest.raises(Unreachable) as caught:
        choose(environ=nowhere, default_socket=str(tmp_path / "none"))

    for words in ("no such socket", "no dockerd is on the PATH", "--host", "--dockerd"):
        assert words in str(caught.value)


def test_default_socket_that_does_not_answer_is_passed_over(nowhere, listener, tmp_path):
    build = tmp_path / "dockerd"
    build.touch(mode=0o755)

    assert choose(environ=nowhere, default_socket=str(listener)).binary == str(build)


def test_starting_the_installed_daemon_without_root_says_so(nowhere, tmp_path, monkeypatch):
    tmp_path.joinpath("dockerd").touch(mode=0o755)
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    with pytest.raises(Unreachable, match="needs root"):
        choose(environ=nowhere, default_socket=str(tmp_path / "none"))


def test_tls_of_the_environment_needs_a_ca(nowhere):
    with pytest.raises(UsageError, match="DOCKER_CERT_PATH"):
        docker_config.tls_from_environment({**nowhere, "DOCKER_TLS_VERIFY": "1"})


def test_tls_of_the_environment_takes_the_files_that_are_there(nowhere, tmp_path):
    tmp_path.joinpath("ca.pem").touch()
    tls = docker_config.tls_from_environment(
        {**nowhere, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    )

    assert tls == Tls(ca=str(tmp_path / "ca.pem"))


def test_half_a_pair_of_tls_files_is_a_mistake(tmp_path):
    with pytest.raises(UsageError, match="give both"):
        docker_config.tls_from_options(None, "cert.pem", None)


def test_options_become_the_target(nowhere, tmp_path):
    tmp_path.joinpath("dockerd").touch(mode=0o755)
    options = SimpleNamespace(dockerd=str(tmp_path / "dockerd"), label=["a=b", "c="], registry="here:5000")
    target = find(options, {**nowhere, "DOCKER_CONFORMANCE_REGISTRY_USER": "u"})

    assert target.private.labels == {"a": "b", "c": ""}
    assert (target.registry.address, target.registry.username) == ("here:5000", "u")


def test_a_version_in_the_environment_is_not_ignored_in_silence(nowhere):
    environ = {**nowhere, "DOCKER_API_VERSION": "1.40"}

    message = find(SimpleNamespace(host="unix:///x"), environ).sentence

    assert message.endswith("; DOCKER_API_VERSION=1.40 is ignored (--api chooses versions)")
    assert "DOCKER_API_VERSION" not in find(SimpleNamespace(host="unix:///x", api="1.40"), environ).sentence


@pytest.mark.parametrize(
    "wrong", [{"label": ["a=b"]}, {"label": ["nonsense"]}, {"registry": "http://x:1"}, {"registry": "x"}]
)
def test_a_wrong_option_is_a_mistake(wrong, nowhere):
    with pytest.raises(UsageError):
        find(SimpleNamespace(host="unix:///x", **wrong), nowhere)
