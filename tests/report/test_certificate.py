"""Certificates: what may be certified, who signed it, and that no line can change unseen."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess

import pytest
import reports
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mistakes import mistake
from reports import BOOLEANS, case, waiver

from conformance.catalogue import Catalogue, load
from conformance.model.cases import Side
from conformance.model.verdicts import Verdict
from conformance.report.evidence import evidence_path
from conformance.report.file import Footer

WAIVER = waiver("1.20", reason="we know")
CONTESTED, ALSO = "1.20/archive-get-symlink", "1.20/archive-get-contents"
RESULTS = [
    case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE),
    case(BOOLEANS, "1.19"),
    case(BOOLEANS, "1.20"),
    case("1.19/version-mismatch", "1.20", Verdict.UNAVAILABLE, "no tls"),
]


@pytest.fixture(autouse=True)
def small_catalogue(monkeypatch):
    whole = load()
    small = Catalogue(
        [whole[name] for name in (BOOLEANS, "1.19/version-mismatch", "1.19/logs-since", CONTESTED, ALSO)],
        whole.documents,
        whole.profiles,
        whole.needs,
    )
    for place in ("conformance.cli.certify.load", "conformance.cli.verify.load", "reports.load"):
        monkeypatch.setattr(place, lambda: small)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    raw, private, public = forms.Encoding.Raw, forms.PrivateFormat, forms.PublicFormat
    del raw
    for name in ("key", "other"):
        key = ed25519.Ed25519PrivateKey.generate()
        (folder / f"{name}.pem").write_bytes(
            key.private_bytes(forms.Encoding.PEM, private.PKCS8, forms.NoEncryption())
        )
        (folder / f"{name}.ssh").write_bytes(
            key.private_bytes(forms.Encoding.PEM, private.OpenSSH, forms.NoEncryption())
        )
        (folder / f"{name}.ssh").chmod(0o600)
        (folder / f"{name}.pub.pem").write_bytes(
            key.public_key().public_bytes(forms.Encoding.PEM, public.SubjectPublicKeyInfo)
        )
        (folder / f"{name}.pub").write_bytes(
            key.public_key().public_bytes(forms.Encoding.OpenSSH, public.OpenSSH) + b" me@example\n"
        )
    locked = ed25519.Ed25519PrivateKey.generate().private_bytes(
        forms.Encoding.PEM, private.PKCS8, forms.BestAvailableEncryption(b"x")
    )
    (folder / "locked.pem").write_bytes(locked)
    curve = ec.generate_private_key(ec.SECP256R1())
    (folder / "curve.pem").write_bytes(
        curve.private_bytes(forms.Encoding.PEM, private.PKCS8, forms.NoEncryption())
    )
    (folder / "nonsense.pem").write_text("hello")
    return folder


@pytest.fixture
def certified(command, keys, tmp_path):
    def call(results=RESULTS, key="key.pem", profile="system", **options):
        evidence = {result.case.key: ([reports.exchange()], "") for result in results}
        reports.write(tmp_path / "r.jsonl", results, evidence=evidence, **options)
        return command(
            "certify",
            "r.jsonl",
            "--profile",
            profile,
            "-o",
            "cert.json",
            *(["--key", keys / key] if key else []),
        )

    return call


def payload(path):
    return json.loads(base64.b64decode(json.loads(path.read_text())["payload"]))


@pytest.mark.parametrize("private", ["key.pem", "key.ssh"])
@pytest.mark.parametrize("public", ["key.pub.pem", "key.pub"])
def test_a_certificate_holds(private, public, certified, command, keys):
    assert certified(key=private)[0] == 0

    code, out, err = command("verify", "cert.json", "r.jsonl", "--key", keys / public)

    assert (code, err) == (0, "")
    assert "holds" in out


def test_what_a_certificate_says(certified, tmp_path):
    certified()

    found = payload(tmp_path / "cert.json")
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert [subject["name"] for subject in found["subject"]] == ["report", "evidence"]
    predicate = found["predicate"]
    assert predicate["result"] == "WARNED"
    assert (predicate["passedTests"], predicate["warnedTests"], predicate["failedTests"]) == (
        [BOOLEANS],
        ["1.19/version-mismatch"],
        [],
    )
    assert {entry["name"] for entry in predicate["configuration"]} == {"catalogue", "suite"}
    message = predicate["conformance"]
    assert message["daemon"].items() >= reports.DAEMON.items()
    assert message["versions"]["1.20"]["totals"] == {"pass": 1, "unavailable": 1}
    assert message["unavailable"] == [{"change": "1.19/version-mismatch", "reason": "no tls", "cases": 1}]


def test_contested_deviations_are_listed_and_do_not_fail(certified, command, keys, tmp_path):
    results = [case(CONTESTED, "1.21", Verdict.FAIL), case(CONTESTED, "1.20"), case(ALSO, "1.21")]

    assert certified(results, profile="core")[0] == 0

    predicate = payload(tmp_path / "cert.json")["predicate"]
    assert predicate["conformance"]["contested"] == [CONTESTED]
    assert predicate["conformance"]["standing"] == "conformant"
    assert predicate["result"] == "WARNED"
    assert (predicate["passedTests"], predicate["warnedTests"], predicate["failedTests"]) == (
        [ALSO],
        [CONTESTED],
        [],
    )
    assert command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")[0] == 0


@pytest.mark.parametrize(
    ("results", "options", "result"),
    [
        ([RESULTS[1], case("1.19/version-mismatch", "1.19")], {}, "PASSED"),
        ([RESULTS[1], case("1.19/version-mismatch", "1.19", Verdict.FAIL)], {}, "FAILED"),
        (
            [case(BOOLEANS, "1.20", Verdict.FAIL), case("1.19/version-mismatch", "1.20")],
            {"header": {"waivers": [WAIVER]}},
            "WARNED",
        ),
        ([RESULTS[1]], {}, "WARNED"),  # one change of the profile was not asked
    ],
)
def test_a_failing_result_is_certified_as_such(results, options, result, certified, command, keys, tmp_path):
    assert certified(results, **options)[0] == 0

    assert payload(tmp_path / "cert.json")["predicate"]["result"] == result
    assert command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")[0] == 0


@pytest.mark.parametrize(
    ("results", "options", "code", "message"),
    [
        (RESULTS, {"interrupted": True}, 3, "interrupted"),
        (RESULTS, {"footer": Footer(complete=False, why_incomplete="it died")}, 3, "it died"),
        ([*RESULTS, case(BOOLEANS, "1.21", Verdict.BLOCKED)], {}, 3, "are inconclusive"),
        ([*RESULTS, case(BOOLEANS, "1.21", Verdict.ERROR)], {}, 3, "are inconclusive"),
        ([*RESULTS, case(BOOLEANS, "1.21", Verdict.NOT_RUN)], {}, 3, "are inconclusive"),
        ([case("1.19/logs-since", "1.19")], {}, 3, "nothing to certify"),
        (RESULTS, {"header": {"selection": {"change": [BOOLEANS]}}}, 2, "filtered by change"),
        (RESULTS, {"header": {"selection": {"keyword": "x"}}}, 2, "filtered by keyword"),
        (RESULTS, {"header": {"selection": {"shard": "1/2"}}}, 2, "filtered by shard"),
        (RESULTS, {"header": {"selection": {"profile": ["core"]}}}, 2, "asked for profile core"),
        (RESULTS, {"header": {"catalogue": "sha256:0"}}, 2, "use the suite that made the report"),
        (RESULTS, {"header": {"waivers": [WAIVER]}}, 2, "no longer true"),
    ],
)
def test_what_was_not_seen_is_not_certified(results, options, code, message, certified, tmp_path):
    found, out, err = certified(results, **options)

    assert (found, out) == (code, "")
    assert message in err
    mistake(err)
    assert not (tmp_path / "cert.json").exists()


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("none.pem", "cannot read"),
        ("nonsense.pem", "not a private key"),
        ("key.pub.pem", "it is a public key"),
        ("locked.pem", "encrypted"),
        ("curve.pem", "not an ed25519 key"),
    ],
)
def test_a_key_that_cannot_sign_is_reported(key, message, certified, tmp_path):
    code, _, err = certified(key=key)

    assert code == 2
    assert message in err
    mistake(err)
    assert not (tmp_path / "cert.json").exists()


@pytest.mark.parametrize(
    ("key", "code"),
    [("other.pub", 1), ("other.pub.pem", 1), ("key.pem", 2), ("nonsense.pem", 2), ("none", 2)],
)
def test_a_wrong_key_is_reported(key, code, certified, command, keys):
    certified()

    found, out, err = command("verify", "cert.json", "r.jsonl", "--key", keys / key)

    assert (found, out) == (code, "")
    mistake(err)


def test_any_changed_line_of_report_and_evidence_is_found(certified, command, keys, tmp_path):
    certified()
    for path in (tmp_path / "r.jsonl", evidence_path(tmp_path / "r.jsonl")):
        data = path.read_bytes()
        lines = data.splitlines(keepends=True)
        for number, line in enumerate(lines):
            for changed in (line.replace(b"1", b"2", 1), b"", line * 2, line.replace(b":", b": ", 1)):
                path.write_bytes(b"".join([*lines[:number], changed, *lines[number + 1 :]]))
                code, out, err = command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")
                assert code in (1, 3), (path, number, changed)
                assert out == ""
                assert "Traceback" not in err
        path.write_bytes(data)
    assert command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")[0] == 0


def test_a_report_that_was_written_anew_with_another_verdict_is_found(certified, command, keys, tmp_path):
    certified()
    reports.write(tmp_path / "r.jsonl", [*RESULTS[:2], case(BOOLEANS, "1.20", Verdict.FAIL), RESULTS[3]])

    code, _, err = command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")

    assert code == 1
    assert "versions.1.20.verdicts" in err


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_no_byte_of_a_certificate_can_change(certified, command, keys, tmp_path, data):
    path = tmp_path / "cert.json"
    if not path.exists():
        certified()
        (tmp_path / "good.json").write_bytes(path.read_bytes())
    good = (tmp_path / "good.json").read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != good[place]))
    bad = good[:place] + bytes([byte]) + good[place + 1 :]
    path.write_bytes(bad)

    code, _, err = command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")

    assert code in (1, 2) or same(bad, good)
    assert "Traceback" not in err


def same(bad, good):
    """Whether a change touched nothing that is signed: white space, or the id that the signer had for the key."""
    try:
        one, two = (json.loads(text) for text in (bad, good))
        return (one["payload"], one["payloadType"], [row["sig"] for row in one["signatures"]]) == (
            two["payload"],
            two["payloadType"],
            [row["sig"] for row in two["signatures"]],
        ) or base64.b64decode(one["payload"]) == base64.b64decode(two["payload"])
    except (ValueError, KeyError):
        return False


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")
def test_a_statement_signed_by_ssh_keygen_is_taken(certified, command, keys, tmp_path):
    assert certified(key=None)[0] == 0
    assert command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")[0] == 2  # not signed yet
    sign = [
        "ssh-keygen",
        "-q",
        "-Y",
        "sign",
        "-n",
        "docker-api-conformance",
        "-f",
        str(keys / "key.ssh"),
        "cert.json",
    ]
    subprocess.run(sign, cwd=tmp_path, check=True, capture_output=True)

    assert command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")[0] == 0
    assert command("verify", "cert.json", "r.jsonl", "--key", keys / "other.pub")[0] == 1
    assert command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub.pem")[0] == 2
    path = tmp_path / "cert.json"
    path.write_text(path.read_text().replace("WARNED", "PASSED"))
    assert command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")[0] == 1


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"payload": 1}', '{"payload": "e30=", "payloadType": "x", "signatures": []}', "\x00"],
)
def test_what_is_no_certificate_is_one_line(content, certified, command, keys, tmp_path):
    certified()
    (tmp_path / "cert.json").write_text(content)

    code, out, err = command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")

    assert (code, out) == (2, "")
    assert err.startswith("docker-conformance: cert.json: ")
    mistake(err)


def test_files_that_are_not_there_are_reported(certified, command, keys, tmp_path):
    certified()

    assert command("verify", "none.json", "r.jsonl", "--key", keys / "key.pub")[0] == 2
    assert command("verify", "cert.json", "none.jsonl", "--key", keys / "key.pub")[0] == 2
    evidence_path(tmp_path / "r.jsonl").unlink()
    code, _, err = command("verify", "cert.json", "r.jsonl", "--key", keys / "key.pub")
    assert code == 2
    assert "evidence" in err
    assert command("certify", "r.jsonl", "--profile", "sistem", "-o", "x")[0] == 2
