"""``clients``: who can talk to the daemon of a report, the lines of the profiles, and refused input. No daemon."""

from __future__ import annotations

import json
import re

import pytest
import reports
from damages import EACH_DAMAGE
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.model.verdicts import Verdict

DOCKER_29 = {"engine": "Docker Engine", "version": "29.0.0", "oldest": "1.44", "newest": "1.52"}
OTHER = "general/path-selects-the-version"


@pytest.fixture
def report(tmp_path):
    results = [case(BOOLEANS, "1.44", Verdict.FAIL), case(OTHER, "1.44")]
    return reports.write(tmp_path / "r.jsonl", results, header={"daemon": DOCKER_29})


def test_clients_that_cannot_talk_to_the_daemon_are_named_with_the_reason(report, command):
    code, out, err = command("clients", "r.jsonl")

    assert (code, err) == (0, "")
    assert "Docker Engine 29.0.0, serves API 1.44-1.52" in out
    assert "Traefik up to 2.11.30, and 3.0 to 3.6.0: asks for 1.24 only; the daemon serves 1.44-1.52" in out
    assert "Cannot talk to this daemon: 7 of 23 clients" in out


def test_a_profile_has_one_line_with_its_share(report, command):
    _, out, _ = command("clients", "r.jsonl")

    lines = [line.split() for line in out.splitlines()]
    assert [
        "service-discovery",
        "not",
        "conformant:",
        "1",
        "of",
        "2",
        "statements",
        "kept",
        "(50",
        "%)",
    ] in lines


def test_a_statement_that_fails_in_one_version_is_not_kept(tmp_path, command):
    results = [case(BOOLEANS, "1.19"), case(BOOLEANS, "1.20", Verdict.FAIL), case(BOOLEANS, "1.21")]
    reports.write(tmp_path / "r.jsonl", results)

    document = json.loads(command("clients", "r.jsonl", "--format", "json")[1])

    assert document["profiles"]["system"]["deviating"] == [BOOLEANS]
    assert document["profiles"]["system"]["kept"] == 0


def test_what_a_recorded_client_needs_has_one_line(tmp_path, command):
    """The SDK asks for the number of containers."""
    daemon = DOCKER_29 | {"oldest": "1.12", "newest": "1.41"}
    name = "reference/system-info-containers"
    results = [case(name, "1.40", Verdict.FAIL), case("1.25/hostconfig-nanocpus", "1.41", Verdict.FAIL)]
    reports.write(tmp_path / "r.jsonl", results, header={"daemon": daemon})

    _, out, _ = command("clients", "r.jsonl")

    assert re.search(
        r"Docker SDK for Python 7[\d.]+ needs \d+ statements in API 1.41; this daemon fails 1 of 1 judged",
        out,
    )
    needs = json.loads(command("clients", "r.jsonl", "--format", "json")[1])["needs"]["docker-sdk-python-7"]
    assert needs["deviating"] == [name]


def test_json_has_every_client_and_its_source(report, command):
    code, out, _ = command("clients", "r.jsonl", "--format", "json")

    document = json.loads(out)
    assert code == 0
    assert document["serves"] == "1.44-1.52"
    assert document["clients"]["docker-cli-29-0"]["version"] == "1.52"
    assert document["clients"]["watchtower-1-7"]["version"] is None
    assert set(document["profiles"]) < set(load().profiles)


def test_a_file_is_written_whole(report, command):
    assert command("clients", "r.jsonl", "-o", "clients.txt") == (0, "", "")
    assert "Watchtower" in (report.parent / "clients.txt").read_text("utf-8")


@EACH_DAMAGE
def test_a_bad_report_is_one_line(report, command, damage, code):
    report.write_bytes(damage(report.read_bytes()))

    found, out, err = command("clients", "r.jsonl", "-o", "clients.txt")

    assert (found, out) == (code, "")
    assert "r.jsonl" in mistake(err)
    assert not (report.parent / "clients.txt").exists()


def test_a_report_that_does_not_say_what_the_daemon_serves_is_refused(tmp_path, command):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.44")], header={"daemon": {"engine": "x"}})

    code, _, err = command("clients", "r.jsonl")

    assert code == 2
    assert "does not say which versions the daemon serves" in mistake(err)
