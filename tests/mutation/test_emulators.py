"""Emulators, and members of newer versions: what they change in an exchange."""

import json

import msgspec
import pytest
from scripted import read_head, scripted

from conformance.catalogue import load
from conformance.engine.identity import Daemon, HostFacts, Identity
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Request, Response
from conformance.model.errors import ConnectionLost
from conformance.model.versions import ApiVersion
from conformance.mutation.controls import CONTROLS
from conformance.mutation.emulation import ProxiedAccess
from conformance.mutation.emulators import build_emulator
from conformance.mutation.faults.registry import build_rule
from conformance.mutation.newer_fields import load_newer_fields
from conformance.mutation.proxy.rule import Rule, compile_path
from conformance.mutation.proxy.server import Proxy

DAEMON = Daemon(
    target="test",
    sentence="",
    endpoint=Endpoint(path="/nonexistent/socket"),
    identity=Identity(
        name="Docker Engine", version="20.10", newest=ApiVersion(1, 41), oldest=ApiVersion(1, 12)
    ),
    host=HostFacts(source="seen"),
    capabilities={},
)
NEWER, KERNEL, HOST = "a-newer-engine", "a-kernel-that-limits-more", "a-host-that-withholds-no-capability"
EXEC = "an-engine-that-shows-the-container-of-an-exec"


def emulate(change, mutant, daemon=DAEMON):
    """The emulator of a mutant of the catalogue."""
    change = load()[change]
    mutant = next(row for row in change.mutants if row.name == mutant)
    return build_emulator(mutant.args, build_rule(change, mutant), daemon)


def edit_request(change, mutant, target, document):
    fault = emulate(change, mutant).fault
    request = fault.request(Request("POST", target, (), json.dumps(document).encode()))
    return request.target, json.loads(request.body)


@pytest.mark.parametrize(
    ("change", "mutant", "target", "document", "seen"),
    [
        (
            "1.21/hostconfig-kernelmemory",
            NEWER,
            "/v1.41/containers/create",
            {"HostConfig": {"KernelMemory": 1}},
            {"HostConfig": {"KernelMemory": 1}},
        ),
        (
            "1.21/hostconfig-kernelmemory",
            NEWER,
            "/v1.55/containers/create",
            {"HostConfig": {"KernelMemory": 1}},
            {"HostConfig": {}},
        ),
        (
            "1.21/networks-create-check-duplicate",
            NEWER,
            "/v1.55/networks/create",
            {"Name": "n"},
            {"Name": "n", "CheckDuplicate": True},
        ),
        ("1.21/networks-create-check-duplicate", NEWER, "/networks/create", {"Name": "n"}, {"Name": "n"}),
        (
            "1.19/hostconfig-blkioweight",
            KERNEL,
            "/v1.21/containers/create?name=x",
            {"Cmd": ["cat", "/sys/fs/cgroup/blkio/blkio.weight"], "HostConfig": {"BlkioWeight": 20}},
            {"Cmd": ["echo", "20"], "HostConfig": {"BlkioWeight": 20}},
        ),
        (
            "1.19/hostconfig-blkioweight",
            KERNEL,
            "/v1.21/containers/create",
            {"Cmd": ["cat", "blkio.weight"]},
            {"Cmd": ["echo", "500"]},
        ),
        (
            "1.19/hostconfig-blkioweight",
            KERNEL,
            "/v1.21/containers/create",
            {"Cmd": ["true"]},
            {"Cmd": ["true"]},
        ),
        ("1.19/hostconfig-blkioweight", KERNEL, "/v1.21/containers/create", {"Cmd": None}, {"Cmd": None}),
        (
            "1.22/hostconfig-kernelmemory-least",
            KERNEL,
            "/v1.22/containers/create",
            {"HostConfig": {"KernelMemory": 4194303}},
            {"HostConfig": {"Memory": 4194303}},
        ),
        (
            "1.22/hostconfig-kernelmemory-least",
            KERNEL,
            "/v1.22/containers/create",
            {"HostConfig": {"KernelMemory": 4194304}},
            {"HostConfig": {"KernelMemory": 4194304}},
        ),
        (
            "1.24/hostconfig-storageopt",
            "a-storage-driver-with-sizes",
            "/v1.24/containers/create",
            {"Cmd": ["wc", "-c", "/full"], "HostConfig": {"StorageOpt": {"size": "7"}}},
            {"Cmd": ["echo", "7"], "HostConfig": {"StorageOpt": {}}},
        ),
        (
            "1.21/exec-privileged",
            HOST,
            "/v1.21/containers/x/exec",
            {"Cmd": ["grep", "CapEff", "/proc/self/status"], "Privileged": True},
            {"Cmd": ["echo", "CapEff:\t000001ffffffffff"]},
        ),
        (
            "1.21/exec-privileged",
            HOST,
            "/v1.21/containers/x/exec",
            {"Cmd": ["CapEff"]},
            {"Cmd": ["CapEff"]},
        ),
        (
            "1.21/exec-privileged",
            HOST,
            "/v1.41/containers/create",
            {"HostConfig": {"Privileged": True}},
            {"HostConfig": {}},
        ),
    ],
)
def test_an_emulator_gets_another_request(change, mutant, target, document, seen):
    assert edit_request(change, mutant, target, document) == (target.replace("/v1.55", "/v1.41"), seen)


def answer_with(answers):
    """A script for a daemon that answers each path, without its version, with a document."""

    def script(connection):
        while head := read_head(connection):
            path = head.split(b" ")[1].decode()
            body = json.dumps(answers[path]).encode()
            lines = (
                f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            connection.sendall(lines.encode() + body)

    return script


def ask(folder, build, answers, version, path):
    """The document that a client gets through a proxy whose fault `build` makes for a daemon with these answers."""
    with scripted(folder, answer_with(answers)) as endpoint, Proxy(endpoint) as proxy:
        fault = build(msgspec.structs.replace(DAEMON, endpoint=endpoint))
        proxy.set_rule(Rule(fault, (("", compile_path("*")),)))
        client = Client(proxy.endpoint, ApiVersion.parse(version))
        try:
            document = client.get(path).json()
            assert proxy.errors == []
            return document
        finally:
            client.close()


@pytest.mark.parametrize(
    ("version", "left"), [("1.41", {"Gateway": "g", "Networks": {}}), ("1.55", {"Networks": {}})]
)
def test_a_newer_engine_omits_members(tmp_path, version, left):
    answers = {"/v1.41/containers/x/json": {"NetworkSettings": {"Gateway": "g", "Networks": {}}}}

    def build(daemon):
        return emulate("1.21/inspect-network-fields-kept", NEWER, daemon).fault

    assert ask(tmp_path, build, answers, version, "/containers/x/json") == {"NetworkSettings": left}


@pytest.mark.parametrize(("version", "added"), [("1.41", {}), ("1.55", {"os_type": "linux"})])
def test_a_newer_engine_adds_members(tmp_path, version, added):
    answers = {"/v1.41/containers/x/stats": {"name": "x"}}

    def build(daemon):
        return emulate("1.52/stats-os-type", NEWER, daemon).fault

    assert ask(tmp_path, build, answers, version, "/containers/x/stats") == {"name": "x", **added}


@pytest.mark.parametrize(("version", "left"), [("1.52", {"Images": []}), ("1.55", {})])
def test_an_engine_that_serves_the_version_itself_is_changed_from_it_on(tmp_path, version, left):
    newest = msgspec.structs.replace(DAEMON.identity, newest=ApiVersion(1, 55))

    def build(daemon):
        daemon = msgspec.structs.replace(daemon, identity=newest)
        emulator = emulate("1.53/df-no-earlier-lists", NEWER, daemon)
        assert emulator.serves == ApiVersion(1, 55)
        return emulator.fault

    answers = {f"/v{version}/system/df": {"Images": []}}
    assert ask(tmp_path, build, answers, version, "/system/df") == left


def test_an_older_engine_shows_the_container_inside_its_exec(tmp_path):
    answers = {"/v1.21/exec/e/json": {"ID": "e", "ContainerID": "x"}, "/v1.21/containers/x/json": {"Id": "x"}}

    def build(daemon):
        return emulate("1.21/exec-inspect-networks", EXEC, daemon).fault

    shown = ask(tmp_path, build, answers, "1.21", "/exec/e/json")

    assert shown == {"ID": "e", "ContainerID": "x", "Container": {"Id": "x"}}


@pytest.mark.parametrize(
    ("old", "new", "both"),
    [
        ({"A": 1}, {"A": 2, "B": 3}, {"A": 1, "B": 3}),
        ({"A": {"B": 1}}, {"A": {"C": 2}}, {"A": {"B": 1, "C": 2}}),
        ({"Labels": {"a": "b"}}, {"Labels": {"c": "d"}, "N": 1}, {"Labels": {"a": "b"}, "N": 1}),
        ([{"Id": "x"}], [{"Id": "y", "N": 1}, {"Id": "x", "N": 2}], [{"Id": "x", "N": 2}]),
        ([{"Path": "x"}], [{"Path": "x", "N": 1}], [{"Path": "x", "N": 1}]),
        ([{"Path": "x"}], [{"Path": "x", "N": 1}, {"Path": "y"}], [{"Path": "x"}]),
        ({"A": 1}, None, {"A": 1}),
        ({"A": []}, {"A": {}}, {"A": []}),
        ({"LogConfig": {"Config": {}}}, {"LogConfig": {"Config": {"a": "b"}}}, {"LogConfig": {"Config": {}}}),
        ({"LogConfig": {}}, {"LogConfig": {"Type": "x"}}, {"LogConfig": {"Type": "x"}}),
    ],
)
def test_a_newer_document_adds_what_an_older_one_has_not(old, new, both):
    assert load_newer_fields().add_missing(old, new) == both


def test_members_of_the_newest_version_are_added_to_an_older_answer(tmp_path):
    answers = {"/v1.21/info": {"ID": "x"}, "/v1.41/info": {"ID": "x", "Swarm": {}}}

    shown = ask(tmp_path, CONTROLS["later-members"].build, answers, "1.21", "/info")

    assert (shown["ID"], shown["Swarm"], shown["CDISpecDirs"]) == ("x", {}, [])


def test_members_that_later_documents_add_are_added_where_they_are_missing(tmp_path):
    answers = {
        "/v1.41/containers/json": [
            {"Id": "x", "NetworkSettings": {"Networks": {"bridge": {"GwPriority": 7}, "other": {}}}}
        ]
    }

    (row,) = ask(tmp_path, CONTROLS["later-members"].build, answers, "1.41", "/containers/json")

    assert row["NetworkSettings"]["Networks"] == {"bridge": {"GwPriority": 7}, "other": {"GwPriority": 0}}
    assert row["ImageManifestDescriptor"]["size"] == 424


def test_a_client_for_a_thread_counts_as_a_use_before_the_thread_sends_anything(tmp_path):
    with scripted(tmp_path, answer_with({})) as endpoint, Proxy(endpoint) as proxy:
        access = ProxiedAccess(proxy, DAEMON, Client(endpoint), None)
        before = access.count_uses()

        access.api(ApiVersion(1, 21)).alone()

        assert access.count_uses() > before


def test_a_daemon_without_another_address_answers_at_its_own(tmp_path):
    with scripted(tmp_path, answer_with({"/v1.21/info": {}})) as endpoint, Proxy(endpoint) as proxy:
        access = ProxiedAccess(proxy, DAEMON, Client(endpoint), None)
        access.is_alone = True
        api = access.api(ApiVersion(1, 21))

        assert api.apart().get("/info").status == 200
        with pytest.raises(ConnectionLost):
            api.through(endpoint).get("/info")


@pytest.mark.parametrize(
    ("target", "kind", "part"),
    [
        ("/v1.23/info", "text/plain; charset=utf-8", b"Minimum supported API version is 1.24"),
        ("/v9.99/info", "application/json", b"Maximum supported API version is 1.55"),
        ("/v1.29/configs", "application/json", b"/configs requires API version 1.30"),
        ("/v1.29/configs/x", None, b""),
        ("/v1.30/configs", None, b""),
        ("/v1.24/info", None, b""),
        ("/v1.55/info", None, b""),
        ("/info", None, b""),
    ],
)
def test_an_engine_refuses_what_its_window_lacks_and_says_why(target, kind, part):
    answer = emulate("general/route-minimum", "an-engine-with-minima").fault.instead(Request("GET", target))

    if kind is None:
        assert answer is None
    else:
        assert answer.status == 400
        assert dict(answer.headers) == {"Content-Type": kind, "Api-Version": "1.55"}
        assert part in answer.body


def test_an_engine_names_its_window(tmp_path):
    answers = {"/v1.41/version": {"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux"}}

    def build(daemon):
        return emulate("general/route-minimum", "an-engine-with-minima", daemon).fault

    shown = ask(tmp_path, build, answers, "1.55", "/version")

    assert shown == {"ApiVersion": "1.55", "MinAPIVersion": "1.24", "Os": "linux"}


@pytest.mark.parametrize(
    ("version", "accepted", "sent"),
    [
        ("1.55", "application/json-seq", b'\x1e{"a":{}}\n\x1e{"b":1}\n'),
        ("1.55", "application/x-ndjson", b'{"a":{}}\n{"b":1}\n'),
        ("1.55", "application/json", b'{"a":{}}\n{"b":1}\n'),
        ("1.41", "application/json-seq", b'{"a":{}}\n{"b":1}\n'),
    ],
)
def test_a_newer_engine_sends_streams_as_the_client_asks(version, accepted, sent):
    fault = emulate("1.52/events-media-types", NEWER).fault
    request = Request("GET", f"/v{version}/events", (("Accept", accepted),))
    response = Response(200, "OK", (("Content-Type", "application/json"),), b"")

    edit = fault.body(request, response)

    came = b'{"a":{}}\n{"b":1}\n'
    assert (edit.feed(came) + edit.close() if edit else came) == sent
    is_later = version == "1.55" and accepted != "application/json"
    expected = accepted if is_later else "application/json"
    assert fault.head(request, response).header("Content-Type") == expected
