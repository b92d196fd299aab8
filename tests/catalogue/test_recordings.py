"""What recorded clients ask, and which statements that needs."""

from __future__ import annotations

import pytest

from conformance.catalogue import load
from conformance.catalogue.clients import clients
from conformance.catalogue.recordings import (
    AskedOperation,
    Recording,
    member_name,
    needed_statements,
    recordings,
)
from conformance.model.errors import CatalogueError
from conformance.model.versions import ApiVersion

V41 = ApiVersion(1, 41)
CREATE = "POST /containers/create"


def needed(operation, sends=(), reads=(), statuses=("200",)):
    recording = Recording("a client", {operation: AskedOperation(list(statuses), list(sends), list(reads))})
    return {change.id for change in needed_statements(recording, load(), V41)}


def test_each_recording_is_of_a_client_in_the_table_and_has_what_its_scenario_asks():
    assert set(recordings()) <= set(clients())
    for recording in recordings().values():
        assert {CREATE, "GET /containers/json", "POST /exec/(id)/start"} <= set(recording.operations)


def test_a_recorded_sdk_reads_little_of_an_answer():
    """Its reads are noted; of the CLI, which decodes whole answers, everything that came counts."""
    sdk, cli = (
        recordings()[name].operations["GET /info"].reads
        for name in ("docker-sdk-python-7", "docker-cli-20-10")
    )

    assert sdk == ["Containers"]
    assert len(cli) > 30


def test_a_statement_about_a_member_is_needed_by_who_sends_it():
    assert "1.25/hostconfig-nanocpus" in needed(CREATE, ["HostConfig", "NanoCpus"])
    assert "1.25/hostconfig-nanocpus" not in needed(CREATE, ["HostConfig", "Memory"])


def test_a_statement_about_a_member_is_needed_by_who_reads_it():
    assert "reference/system-version-members" in needed("GET /version", reads=["ApiVersion"])
    assert "reference/system-version-members" not in needed("GET /version", reads=["Os"])


def test_a_statement_that_names_no_member_is_needed_by_who_asks_the_operation():
    assert "reference/system-ping" in needed("GET /_ping")
    assert needed("GET /_ping") <= {
        change.id for change in load().changes.values() if change.endpoints == ["GET /_ping"]
    }


def test_a_refusal_is_needed_by_who_got_one():
    assert "1.17/rename-to-taken-name" not in needed(
        "POST /containers/(id)/rename", ["name"], statuses=["204"]
    )
    assert "1.17/rename-to-taken-name" in needed(
        "POST /containers/(id)/rename", ["name"], statuses=["204", "409"]
    )


def test_a_statement_about_several_operations_is_needed_by_who_asks_them_all():
    assert "general/export-emits-event" not in needed("GET /events", reads=["status"])


def test_only_statements_that_hold_in_the_version_are_needed():
    recording = recordings()["docker-sdk-python-7"]

    for version in (ApiVersion(1, 24), V41):
        assert all(version in change.window for change in needed_statements(recording, load(), version))


@pytest.mark.parametrize(
    ("path", "name"), [("[].Ports[].Type", "Type"), (".Labels{}", "Labels"), ("[]", ""), (".Id", "Id")]
)
def test_the_name_of_a_member_has_no_path(path, name):
    assert member_name(path) == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not a recording"),
        (
            '{"client":"x","operations":{"GET /inf":{"statuses":[],"sends":[],"reads":[]}}}',
            "unknown operation 'GET /inf'",
        ),
        ('{"client":"x"}', "not a recording"),
    ],
)
def test_a_damaged_recording_is_named(tmp_path, text, message):
    (tmp_path / "x.json").write_text(text)

    with pytest.raises(CatalogueError, match=f"x.json: {message}"):
        recordings(tmp_path)
