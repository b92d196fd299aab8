"""Secrets never leave: marked ones are planted wherever there are some, and every output is searched for them."""

from __future__ import annotations

import base64
import json
import re
import socket

import msgspec
import pytest
from hostile import daemon
from hostile.running import command
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.http.messages import Exchange, Request, Response
from conformance.report.redaction import HIDDEN, Redactor

PASSWORD = 'pl4nted-P%40ss/w+rd"x'
PROXY = "pl4nted-Proxy@word"
TOKEN = "pl4nted-Identity-Token"
KEY = "pl4nted-Tls-Key"
MARK = "pl4nted"

CHANGES = (
    "general/push-takes-credentials-in-header",
    "general/pull-takes-credentials-in-header",
    "general/auth-checks-credentials",
    "general/auth-refuses-wrong-credentials",
    "1.21/info-serverversion",
    "1.18/info-proxies",
    "1.20/build-registry-config",
)


def decoded(text: str):
    """Every stretch of Base64 in a text, decoded from each of its places."""
    for stretch in re.findall(r"[A-Za-z0-9+/_-]{12,}", text):
        plain = stretch.replace("-", "+").replace("_", "/")
        for shift in range(4):
            part = plain[shift:]
            yield base64.b64decode(part[: len(part) // 4 * 4]).decode("latin-1")


def parrot(asked: daemon.Asked) -> None:
    """Answer with everything that was sent, in every way in which one can say it."""
    head = asked.head.decode("latin-1")
    header = re.search(r"(?i)x-registry-(?:auth|config): *([^\r\n]+)", head)
    sent = (
        base64.urlsafe_b64decode(header[1] + "===").decode("latin-1")
        if header and "%" not in header[1]
        else ""
    )
    echo = {
        "message": f"refused: {sent} {head} {asked.body.decode('latin-1')[:2000]}",
        "again": base64.b64encode(f"and {sent}".encode("latin-1")).decode(),
        "IdentityToken": TOKEN,
        "HttpProxy": f"http://user:{PROXY}@proxy:3128",
        "Password": PASSWORD,
    }
    body = json.dumps(echo).encode()
    echoed = f"X-Echo: {header[1] if header else 'none'}"
    asked.connection.sendall(
        daemon.response(body, "500 Internal Server Error", "Content-Type: application/json", echoed)
    )


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """A run that met a daemon which repeats what it is told, and everything that came of it, by name."""
    folder = tmp_path_factory.mktemp("secrets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_CONFORMANCE_REGISTRY_USER", "somebody")
        patch.setenv("DOCKER_CONFORMANCE_REGISTRY_PASSWORD", PASSWORD)
        info = {**daemon.INFO, "HttpProxy": f"http://user:{PROXY}@proxy:3128", "HttpsProxy": "x"}
        where = r"^(GET /v1\.21/info|POST /v1\.21/(auth|build|images/.*/push|images/create.*fromImage))"
        original, daemon.INFO = daemon.INFO, info
        try:
            with daemon.daemon(folder / "s", parrot, where) as url:
                ran = command(
                    "run", "--host", url, "--api", "1.21", "--patience", "2", "--registry", "127.0.0.1:9",
                    *(word for change in CHANGES for word in ("--change", change)),
                    "--junit", "junit.xml", "--report", "r.jsonl", "--", "--alluredir=allure", "-vv", "--showlocals",
                    folder=folder,
                )  # fmt: skip
        finally:
            daemon.INFO = original
    found = {"terminal": ran.out, "errors": ran.err}
    command("html", "r.jsonl", "-o", "page.html", folder=folder)
    command("markdown", "r.jsonl", "-o", "page.md", folder=folder)
    command("badge", "r.jsonl", "-o", "badge.svg", folder=folder)
    found["matrix"] = command("matrix", "r.jsonl", "--aside", folder=folder).out
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[str(path.relative_to(folder))] = path.read_text("utf-8", "replace")
    return found


def test_the_outputs_show_where_something_was_redacted(outputs):
    assert HIDDEN in outputs["r.evidence.jsonl"]
    assert HIDDEN in outputs["page.html"]
    assert "refused: " in outputs["r.evidence.jsonl"]
    assert '"verdict":"fail"' in outputs["r.jsonl"]
    assert any(name.startswith("allure/") for name in outputs)
    assert {"junit.xml", "page.md", "badge.svg"} <= set(outputs)


@pytest.mark.parametrize("secret", [PASSWORD, PROXY, TOKEN, MARK], ids=["password", "proxy", "token", "any"])
def test_no_output_has_a_secret(secret, outputs):
    assert [name for name, text in outputs.items() if secret in text] == []
    assert [name for name, text in outputs.items() if json.dumps(secret)[1:-1] in text] == []


def test_no_output_has_a_secret_in_base64(outputs):
    found = {
        name
        for name, text in outputs.items()
        for plain in decoded(text)
        if "lanted" in plain or "4nted" in plain
    }

    assert found == set()


def test_a_tls_key_is_not_shown(tmp_path):
    key = tmp_path / "key.pem"
    key.write_text(f"-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\n")

    listener = socket.create_server(("127.0.0.1", 0))
    host = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    ran = command("run", "--host", host, "--tlscert", str(key), "--tlskey", str(key), folder=tmp_path)

    assert ran.code == 2
    assert KEY not in ran.out + ran.err


secrets = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=6, max_size=30)


@pytest.mark.slow
@settings(deadline=None)
@given(secrets, st.binary(max_size=20), st.binary(max_size=20), st.booleans())
def test_base64_does_not_carry_a_secret_out(secret, before, behind, url_safe):
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    text = encode(before + secret.encode() + behind).decode()

    shown = Redactor([secret]).text(text)

    assert HIDDEN in shown
    # what is left tells of the secret at most a few bits at each end
    assert len(shown.replace(HIDDEN, "")) <= len(text) - (len(secret.encode()) * 8 - 10) // 6


@pytest.mark.slow
@settings(deadline=None)
@given(secrets, st.integers(0, 4))
def test_a_secret_in_documents_within_documents_is_found(secret, depth):
    text = f"before {secret} behind"
    for _ in range(depth):
        text = json.dumps({"message": text})

    shown = Redactor([secret]).text(text)

    assert HIDDEN in shown
    for _ in range(depth):
        shown = json.loads(shown)["message"]
    assert shown == f"before {HIDDEN} behind"


@pytest.mark.parametrize("tail", ["...and more", "…", "' and 20 bytes more", ""])
def test_the_visible_part_of_a_secret_that_was_cut_is_hidden(tail):
    for cut in range(4, 12):
        assert "abcd" not in Redactor(["abcdefghijkl"]).text("before abcdefghijkl"[: 7 + cut] + tail)
    assert "ijkl" not in Redactor(["abcdefghijkl"]).text("before...fghijkl behind")


@pytest.mark.slow
@settings(deadline=None)
@given(secrets)
def test_no_writing_of_a_secret_is_left_in_an_exchange(secret):
    from urllib.parse import quote

    exchange = Exchange(
        Request(
            "POST",
            f"/auth?p={quote(secret, safe='')}",
            (("X-Registry-Auth", secret),),
            json.dumps({"a": secret}).encode(),
        ),
        Response(
            500, secret.replace("\r", "").replace("\n", ""), (("X-Echo", secret),), f"no: {secret}".encode()
        ),
        fault=f"fault {secret}",
    )

    shown = msgspec.json.encode(Redactor([secret]).exchange(exchange, "unix:///s")).decode()

    assert json.dumps(secret, ensure_ascii=False)[1:-1] not in shown.replace(HIDDEN, "") or secret in HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        "http://user:s3cret@proxy:3128",
        "https://user:s3cret%40x@proxy",
        "http://user:s3c@ret@proxy",
        '"http:\\/\\/user:s3cret@proxy"',
        "proxy=http%3A%2F%2Fuser%3As3cret%40proxy",
        '{"Password": "s3cret"}',
        '{"identitytoken":"s3cret',
    ],
)
def test_passwords_that_were_not_named_are_found_by_their_form(text):
    shown = Redactor().text(text)

    assert "s3c" not in shown
    assert HIDDEN in shown


def test_a_secret_where_a_body_is_cut_is_not_half_shown():
    body = b"x" * 4090 + b"s3cret-word" + b"y" * 50_000
    row = Redactor(["s3cret-word"]).exchange(
        Exchange(Request("GET", "/"), Response(200, body=body)), "unix:///s", 4096
    )

    assert b"s3c" not in msgspec.json.encode(row)
    assert row.response.body.length == len(body)


def test_a_lone_surrogate_can_be_written():
    assert Redactor().text("name \udcff").encode() == b"name \\udcff"
