"""Whatever comes in: readers give what they promise or the error that they document, and what was written comes back."""

from __future__ import annotations

import base64
import datetime
import importlib.util
import json
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
import reports
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reports import case

from conformance.catalogue import CatalogueError, load
from conformance.catalogue.load import DATA
from conformance.http import json_stream, strict_json
from conformance.http.connection import Connection
from conformance.http.documents import parse_json
from conformance.http.errors import Malformed
from conformance.http.messages import Request, Response
from conformance.http.sizes import Sizes
from conformance.http.tar import Member, pack, unpack
from conformance.http.timeouts import Timeouts
from conformance.model.errors import ConformanceError, DaemonFault, UsageError
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion, parse_selection
from conformance.report import signature, waivers
from conformance.report.evidence import read_evidence
from conformance.report.file import read_report

pytestmark = pytest.mark.slow

SLOW = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\0"),
    min_size=1,
    max_size=120,
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def damaged(data: bytes, draw) -> bytes:
    """`data` with a few bytes changed, cut or doubled."""
    raw = bytearray(data)
    for _ in range(draw(st.integers(1, 5))):
        if not raw:
            break
        place = draw(st.integers(0, len(raw) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                raw[place] = draw(st.integers(0, 255))
            case 1:
                del raw[place : place + draw(st.integers(1, 600))]
            case 2:
                raw[place:place] = draw(st.binary(max_size=40))
            case 3:
                raw[place:place] = raw[place : place + draw(st.integers(1, 600))]
    return bytes(raw)


# JSON


@given(values)
def test_a_document_comes_back(value):
    assert strict_json.load(json.dumps(value)) == value
    assert strict_json.load(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_a_document_or_malformed(data):
    try:
        value = parse_json(data)
    except Malformed as error:
        assert len(str(error)) < 2000
        return
    assert value == json.loads(data)


@given(st.lists(st.dictionaries(st.text(max_size=8), values, max_size=4), max_size=5), st.data())
def test_a_damaged_stream_of_messages_is_read_or_refused_however_it_is_split(messages, data):
    raw = damaged("\r\n".join(json.dumps(message) for message in messages).encode() + b" ", data.draw)
    try:
        whole = json_stream.split(raw)
    except Malformed:
        whole = None
    reader, found = json_stream.Reader(), []
    try:
        for index in range(0, len(raw), 3):
            found += reader.feed(raw[index : index + 3])
        reader.close()
    except Malformed:
        assert whole is None
        return
    assert found == whole


def test_an_endless_message_is_refused_and_each_of_its_bytes_looked_at_once():
    reader = json_stream.Reader()
    begun = time.process_time()
    with pytest.raises(Malformed, match="message of more than"):
        reader.feed(b'{"status":"')
        for _ in range(20_000):
            reader.feed(b"x" * 1000)

    assert time.process_time() - begun < 5  # to look at all of them again each time takes hours


# archives

plain = names.filter(lambda name: name.rstrip("/") == name)
numbers = {
    "mode": st.integers(0, 0o7777),
    "uid": st.integers(0, 2**40),
    "gid": st.integers(0, 2**40),
    "mtime": st.integers(0, 2**33),
}
members = st.builds(
    Member, plain, st.binary(max_size=1200), st.just("file"), target=st.just(""), **numbers
) | st.builds(Member, plain, st.just(b""), st.just("symlink"), target=plain, **numbers)


@given(st.lists(members, max_size=5, unique_by=lambda member: member.name))
def test_an_archive_comes_back(sent):
    assert list(unpack(pack(*sent)).values()) == sent


@given(st.lists(members, min_size=1, max_size=3), st.data())
def test_a_damaged_archive_is_read_or_malformed(sent, data):
    try:
        found = unpack(damaged(pack(*sent), data.draw))
    except Malformed:
        return
    assert all(isinstance(member, Member) for member in found.values())


@given(st.binary(max_size=2000))
def test_any_bytes_are_an_archive_or_malformed(data):
    try:
        unpack(data)
    except Malformed as error:
        assert len(str(error)) < 1000


# HTTP


def ask(raw: bytes) -> Response | DaemonFault:
    """What a connection makes of an answer of these bytes."""
    here, there = socket.socketpair()
    connection = Connection.__new__(Connection)

    class Here:
        host_header = "docker"

        def connect(self, timeout: float) -> socket.socket:
            return here

    connection.__init__(Here(), Timeouts(connect=1, first_byte=1, silence=1, total=2), Sizes(body=100_000))

    def answer() -> None:
        there.sendall(raw)
        there.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=answer)
    try:
        connection.send(Request("GET", "/info"))
        thread.start()
        response = connection.receive_head()
        connection.receive_body(response)
    except DaemonFault as fault:
        return fault
    finally:
        here.close()
        thread.join()
        there.close()
    return response


WELL = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n'


@SLOW
@given(st.data())
def test_a_damaged_answer_is_an_answer_or_a_fault(data):
    ask(damaged(WELL, data.draw))


@SLOW
@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: b"HTTP/1.1 200 OK\r\n" + tail))
def test_any_bytes_are_an_answer_or_a_fault(raw):
    ask(raw)


# versions


@given(
    st.text(max_size=40)
    | st.from_regex(r"v?[0-9]{1,5}\.[0-9]{1,5}(-v?[0-9]{1,3}\.[0-9]{1,3})?(,.*)?", fullmatch=True)
)
def test_any_text_is_a_selection_of_versions_or_refused(text):
    known = [ApiVersion(1, minor) for minor in range(14, 56)]
    try:
        chosen = parse_selection(text, known)
    except ValueError as error:
        assert str(error)
        return
    assert chosen == sorted(set(chosen))
    assert set(chosen) <= set(known)


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_a_version_comes_back(major, minor):
    assert ApiVersion.parse(str(ApiVersion(major, minor))) == ApiVersion(major, minor)


# files


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@SLOW
@given(st.data())
def test_a_damaged_report_is_read_or_refused_with_its_line(folder, data):
    path = reports.write(
        folder / "r.jsonl",
        [case("1.19/info-booleans", version, Verdict.FAIL, "why") for version in ("1.19", "1.20")],
        evidence={"k": ([reports.exchange()], "detail")},
    )
    path.write_bytes(damaged(path.read_bytes(), data.draw))
    try:
        read_report(path)
    except ConformanceError as error:
        assert str(path) in str(error)
    evidence = folder / "r.evidence.jsonl"
    evidence.write_bytes(damaged(evidence.read_bytes(), data.draw))
    try:
        list(read_evidence(path))
    except UsageError as error:
        assert str(evidence) in str(error)


@given(st.lists(st.sampled_from(list(Verdict)), max_size=8))
def test_a_report_comes_back(verdicts):
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        results = [
            case("1.19/info-booleans", "1.19", verdict, parameters=str(index))
            for index, verdict in enumerate(verdicts)
        ]
        assert reports.report(Path(name) / "r.jsonl", results).results == results


WAIVERS = b"""
["1.19/info-booleans"]
versions = "1.14-1.18"
reason = "known"
link = "https://example.com/1"
expires = 2099-01-01
"""


@SLOW
@given(st.data())
def test_a_damaged_file_of_waivers_is_read_or_refused(folder, data):
    path = folder / "waivers.toml"
    path.write_bytes(damaged(WAIVERS, data.draw))
    try:
        waivers.load(path, load(), datetime.date(2024, 1, 1))
    except UsageError as error:
        assert str(path) in str(error)


@settings(SLOW, max_examples=40)
@given(st.data())
def test_a_damaged_catalogue_is_read_or_refused(folder, data):
    copy = folder / "catalogue"
    shutil.copytree(DATA, copy, dirs_exist_ok=True)
    path = copy / data.draw(st.sampled_from(["v1.19.toml", "profiles.toml", "documents.toml"]))
    path.write_bytes(damaged(path.read_bytes(), data.draw))
    try:
        load.__wrapped__(copy)
    except CatalogueError as error:
        assert str(copy) in str(error)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    folder = tmp_path_factory.mktemp("certificate")
    key = Ed25519PrivateKey.generate()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "key.pub").write_bytes(public)
    return folder


STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [],
    "predicateType": "x",
    "predicate": {"a": 1},
}


@SLOW
@given(st.data())
def test_a_damaged_certificate_is_refused(certificate, data):
    whole = signature.sign(STATEMENT, certificate / "key")
    path = certificate / "c.json"
    raw = damaged(whole, data.draw)
    path.write_bytes(raw)
    try:
        found = signature.open_verified(path, certificate / "key.pub")
    except ConformanceError:
        return
    assert found == STATEMENT  # white space, say


# a header of the API


SUITES = Path(__file__).resolve().parents[2] / "suites"


def read_module(path):
    """A module of the suites, whose readers take what a daemon sends."""
    spec = importlib.util.spec_from_file_location("module_of_the_suites", SUITES / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STAT = read_module("v1_20/test_archive_get.py")
TIMES = read_module("fixtures/times.py")


@given(values, st.booleans(), st.data())
def test_a_path_stat_is_read_or_fails_the_check(value, whole, data):
    raw = base64.b64encode(json.dumps(value).encode())
    header = (raw if whole else damaged(raw, data.draw)).decode("latin-1")
    try:
        found = STAT.decode_stat(Response(200, headers=(("X-Docker-Container-Path-Stat", header),)))
    except AssertionError:
        assert not whole or not header
        return
    assert not whole or found == value


@given(st.text(max_size=30) | st.datetimes(timezones=st.none() | st.timezones()).map(str) | st.integers())
def test_a_date_is_read_or_fails_the_check(text):
    try:
        found = TIMES.read_time({"Created": text}, "Created")
    except AssertionError:
        return
    assert found.tzinfo is not None
