"""What becomes of a mutant, and the scripted engines that are asked where the daemon at hand cannot be."""

import json
import re
from pathlib import Path

import msgspec
import pytest
from scripted import read_head, scripted

from conformance.catalogue import Mutant, load
from conformance.engine.identity import Daemon, HostFacts, Identity
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Request
from conformance.model.results import Case, Result, Side, Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation import emulators
from conformance.mutation.controls import CONTROLS
from conformance.mutation.newer_fields import merged
from conformance.mutation.protocol import Outcome, Ran
from conformance.mutation.proxy.match import Rule, pattern, rule_of
from conformance.mutation.proxy.server import Proxy
from conformance.mutation.result import Fate, Trial, exit_code

DAEMON = Daemon(
    target="test",
    sentence="",
    endpoint=Endpoint(path="/nonexistent/socket"),
    identity=Identity(name="Docker Engine", version="20.10", newest="1.41", oldest="1.12"),
    host=HostFacts(source="seen"),
    capabilities={},
)


def result(verdict):
    case = Case(
        change="1.19/info-booleans", check="v1_19/test_info.py::test_x", side=Side.SINCE, version="1.21"
    )
    return Result(case=case, verdict=verdict)


def trial(baseline=(), runs=(), *, reached=0, mends=False, trouble=(), checked=True):
    return Trial(
        change="1.19/info-booleans",
        mutant=Mutant(name="m", fault="gone", mends=mends),
        baseline=[result(verdict) for verdict in baseline],
        outcome=Outcome(
            runs=[Ran(result=result(verdict)) for verdict in runs], reached=reached, trouble=list(trouble)
        ),
        checked=checked,
    )


PASS, FAIL, BLOCKED = Verdict.PASS, Verdict.FAIL, Verdict.BLOCKED
UNSERVED, UNAVAILABLE = Verdict.UNSERVED, Verdict.UNAVAILABLE


@pytest.mark.parametrize(
    ("made", "fate"),
    [
        (trial([PASS], [FAIL], reached=1), Fate.KILLED),
        (trial([PASS], [Verdict.NOT_IMPLEMENTED], reached=1), Fate.KILLED),
        (trial([PASS], [PASS], reached=1), Fate.SURVIVED),
        (trial([PASS], [PASS, BLOCKED], reached=1), Fate.UNSURE),
        (trial([PASS], [PASS]), Fate.UNREACHED),
        (trial([PASS], [FAIL]), Fate.BROKEN),
        (trial([PASS], [FAIL], reached=1, trouble=["x"]), Fate.BROKEN),
        (trial([FAIL]), Fate.UNTRIED),
        (trial([UNAVAILABLE, FAIL]), Fate.UNTRIED),
        (trial([UNAVAILABLE, UNSERVED]), Fate.UNAVAILABLE),
        (trial([UNSERVED]), Fate.IDLE),
        (trial(), Fate.IDLE),
        (trial(checked=False), Fate.UNTRIED),
        (trial([FAIL], [PASS], reached=1, mends=True), Fate.KILLED),
        (trial([FAIL], [FAIL], reached=1, mends=True), Fate.SURVIVED),
        (trial([PASS], mends=True), Fate.IDLE),
    ],
)
def test_the_fate_of_a_mutant(made, fate):
    assert made.fate is fate
    assert made.why or fate is Fate.KILLED


@pytest.mark.parametrize(
    ("fates", "code"),
    [
        ([Fate.KILLED], 0),
        ([Fate.KILLED, Fate.IDLE, Fate.UNAVAILABLE], 0),
        ([Fate.KILLED, Fate.UNTRIED], 3),
        ([Fate.KILLED, Fate.UNREACHED, Fate.SURVIVED], 1),
        ([Fate.KILLED, Fate.UNSURE], 3),
        ([Fate.KILLED, Fate.BROKEN], 3),
        ([Fate.IDLE], 3),
        ([Fate.UNAVAILABLE], 3),
    ],
)
def test_what_was_not_tried_is_no_success(fates, code):
    made = {
        Fate.KILLED: trial([PASS], [FAIL], reached=1),
        Fate.SURVIVED: trial([PASS], [PASS], reached=1),
        Fate.UNSURE: trial([PASS], [BLOCKED], reached=1),
        Fate.UNREACHED: trial([PASS], [PASS]),
        Fate.UNTRIED: trial([FAIL]),
        Fate.IDLE: trial(),
        Fate.UNAVAILABLE: trial([UNAVAILABLE]),
        Fate.BROKEN: trial([PASS], [FAIL]),
    }

    assert exit_code([made[fate] for fate in fates], []) == code


def test_what_is_left_behind_is_no_success():
    assert exit_code([trial([PASS], [FAIL], reached=1)], ["volume x"]) == 3


def test_a_mutant_is_told_upon_what_it_was_tried():
    made = trial([FAIL], [FAIL], reached=1)
    made.upon = "as-documented"

    assert made.fate is Fate.KILLED
    assert made.why.endswith("upon as-documented")


def test_every_scripted_engine_mends_a_change():
    used = {
        mutant.args["what"]
        for change in load().changes.values()
        for mutant in change.mutants
        if mutant.fault == "stand-in" and mutant.mends
    }

    assert used == set(emulators.ENGINES)


def test_a_fault_may_be_limited_to_a_query():
    change = load()["1.14/pull-with-two-tags-is-an-error"]
    rule = rule_of(change, next(mutant for mutant in change.mutants if mutant.query))

    assert rule.asks("POST", "/v1.21/images/create?fromImage=localhost%3A5000%2Fa%3A1&tag=2")
    assert not rule.asks("POST", "/v1.21/images/create?fromImage=localhost%3A5000%2Fa%3A1")
    assert not rule.asks("POST", "/v1.21/images/create?fromImage=a&tag=2")


def test_the_readme_tells_the_rate_of_a_run_of_about_this_catalogue():
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    count = sum(len(change.mutants) for change in load().changes.values())
    told = re.search(r"(\d+) of (\d+) are killed", text)

    assert told is not None
    assert told[1] == told[2]
    assert abs(int(told[2]) - count) < count / 20, (
        f"the catalogue has {count} mutants by now: run the proof again"
    )


def edited(engine, target, document):
    fault = emulators.ENGINES[engine].make(DAEMON)
    request = fault.request(Request("POST", target, (), json.dumps(document).encode()))
    return request.target, json.loads(request.body)


@pytest.mark.parametrize(
    ("engine", "target", "document", "seen"),
    [
        (
            "a-newer-engine",
            "/v1.41/containers/create",
            {"HostConfig": {"KernelMemory": 1}},
            {"HostConfig": {"KernelMemory": 1}},
        ),
        (
            "a-newer-engine",
            "/v1.55/containers/create",
            {"HostConfig": {"KernelMemory": 1}},
            {"HostConfig": {}},
        ),
        ("a-newer-engine", "/v1.55/networks/create", {"Name": "n"}, {"Name": "n", "CheckDuplicate": True}),
        ("a-newer-engine", "/networks/create", {"Name": "n"}, {"Name": "n"}),
        (
            "a-kernel-that-limits-more",
            "/v1.21/containers/create?name=x",
            {"Cmd": ["cat", "/sys/fs/cgroup/blkio/blkio.weight"], "HostConfig": {"BlkioWeight": 20}},
            {"Cmd": ["echo", "20"], "HostConfig": {"BlkioWeight": 20}},
        ),
        (
            "a-kernel-that-limits-more",
            "/v1.21/containers/create",
            {"Cmd": ["cat", "blkio.weight"]},
            {"Cmd": ["echo", "500"]},
        ),
        ("a-kernel-that-limits-more", "/v1.21/containers/create", {"Cmd": ["true"]}, {"Cmd": ["true"]}),
        ("a-kernel-that-limits-more", "/v1.21/containers/create", {"Cmd": None}, {"Cmd": None}),
        (
            "a-host-that-withholds-no-capability",
            "/v1.21/containers/x/exec",
            {"Cmd": ["grep", "CapEff", "/proc/self/status"], "Privileged": True},
            {"Cmd": ["echo", "CapEff:\t000001ffffffffff"]},
        ),
        (
            "a-host-that-withholds-no-capability",
            "/v1.21/containers/x/exec",
            {"Cmd": ["CapEff"]},
            {"Cmd": ["CapEff"]},
        ),
        (
            "a-host-that-withholds-no-capability",
            "/v1.41/containers/create",
            {"HostConfig": {"Privileged": True}},
            {"HostConfig": {}},
        ),
    ],
)
def test_a_scripted_engine_hears_another_request(engine, target, document, seen):
    assert edited(engine, target, document) == (target.replace("/v1.55", "/v1.41"), seen)


def answering(answers):
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


def asked(folder, make, answers, version, path):
    with scripted(folder, answering(answers)) as endpoint, Proxy(endpoint) as proxy:
        proxy.arm(Rule(make(msgspec.structs.replace(DAEMON, endpoint=endpoint)), (("", pattern("*")),)))
        client = Client(proxy.endpoint, ApiVersion.parse(version))
        try:
            document = client.get(path).json()
            assert proxy.broken == []
            return document
        finally:
            client.close()


@pytest.mark.parametrize(
    ("version", "left"), [("1.41", {"Gateway": "g", "Networks": {}}), ("1.55", {"Networks": {}})]
)
def test_a_newer_engine_has_the_settings_in_networks_alone(tmp_path, version, left):
    answers = {"/v1.41/containers/x/json": {"NetworkSettings": {"Gateway": "g", "Networks": {}}}}

    assert asked(
        tmp_path, emulators.ENGINES["a-newer-engine"].make, answers, version, "/containers/x/json"
    ) == {"NetworkSettings": left}


def test_an_older_engine_shows_the_container_inside_its_exec(tmp_path):
    answers = {"/v1.21/exec/e/json": {"ID": "e", "ContainerID": "x"}, "/v1.21/containers/x/json": {"Id": "x"}}

    make = emulators.ENGINES["an-engine-that-shows-the-container-of-an-exec"].make
    shown = asked(tmp_path, make, answers, "1.21", "/exec/e/json")

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
    assert merged(old, new) == both


def test_members_of_the_newest_version_are_added_to_an_older_answer(tmp_path):
    answers = {"/v1.21/info": {"ID": "x"}, "/v1.41/info": {"ID": "x", "Swarm": {}}}

    shown = asked(tmp_path, CONTROLS["later-members"].made, answers, "1.21", "/info")

    assert (shown["ID"], shown["Swarm"], shown["CDISpecDirs"]) == ("x", {}, [])


def test_members_that_later_documents_add_are_added_where_they_are_missing(tmp_path):
    answers = {
        "/v1.41/containers/json": [
            {"Id": "x", "NetworkSettings": {"Networks": {"bridge": {"GwPriority": 7}, "other": {}}}}
        ]
    }

    (row,) = asked(tmp_path, CONTROLS["later-members"].made, answers, "1.41", "/containers/json")

    assert row["NetworkSettings"]["Networks"] == {"bridge": {"GwPriority": 7}, "other": {"GwPriority": 0}}
    assert row["ImageManifestDescriptor"]["size"] == 424
