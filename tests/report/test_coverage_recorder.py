"""What a run notes of its exchanges, and what the documents say of that. No daemon."""

import json

import pytest

from conformance.catalogue.coverage_reasons import CoverageReasons, FactKind
from conformance.catalogue.operations import operations
from conformance.http.messages import Exchange, Request, Response
from conformance.model.versions import ApiVersion, Window
from conformance.report.coverage import measure
from conformance.report.coverage_record import OperationRecord, parse_versions, write_versions
from conformance.report.coverage_recorder import CoverageRecorder

JSON = (("Content-Type", "application/json"),)
INSPECT = "GET /containers/(id)/json"
ALL = [Window(ApiVersion(1, 0))]
NO_REASONS = CoverageReasons({}, [], ALL)


def exchange(target, body, status=200, *, method="GET", sent=None, headers=JSON, **more):
    request = Request(
        method, target, (*JSON, *more.pop("sent_headers", ())), sent and json.dumps(sent).encode()
    )
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(request, Response(status, headers=headers, body=text), **more)


def noted(*exchanges, **options):
    recorder = CoverageRecorder(**options)
    for one in exchanges:
        recorder.note(one)
    return recorder.record()


def versions(text):
    return sorted(parse_versions(text))


def test_statuses_parameters_and_members_are_noted_with_their_versions():
    found = noted(
        exchange("/v1.30/containers/a/json?size=1", {"Id": "a", "HostConfig": {"Memory": 1}, "New": 1}),
        exchange("/v1.31/containers/b/json", {"message": "no"}, 404),
    )

    assert found == {
        INSPECT: OperationRecord(
            statuses={"200": "1.30", "404": "1.31"},
            parameters={"query size": "1.30"},
            members={
                "200 .HostConfig": "1.30",
                "200 .HostConfig.Memory": "1.30",
                "200 .Id": "1.30",
                "404 .message": "1.31",
            },
            undocumented={"200 .New": "1.30"},
        )
    }


def test_members_of_a_request_and_its_headers_are_noted():
    found = noted(
        exchange(
            "/v1.41/containers/create?name=a",
            {"Id": "a"},
            201,
            method="POST",
            sent={"Image": "a", "HostConfig": {"Binds": []}, "Labels": {"a": "b"}},
        ),
        exchange("/v1.41/images/a/push", b"", method="POST", sent_headers=(("x-registry-auth", "e30="),)),
    )

    assert set(found["POST /containers/create"].body) == {
        ".Image",
        ".HostConfig",
        ".HostConfig.Binds",
        ".Labels",
    }
    assert set(found["POST /images/(name)/push"].parameters) == {"header X-Registry-Auth"}


def test_rows_of_a_stream_are_noted():
    found = noted(exchange("/v1.41/events", b'{"Type": "image"}\n{"Action": "pull"}\n{"Ac'))

    assert found["GET /events"].members == {}

    cut = exchange("/v1.41/events", b'{"Type": "image"}\n{"Action": "pull"}\n{"Ac')
    cut.response.complete = False

    assert set(noted(cut)["GET /events"].members) == {"200 .Type", "200 .Action"}


@pytest.mark.parametrize(
    "ignored",
    [
        exchange("/containers/json", []),
        exchange("/v1.41/nothing", {}, 404),
        exchange("/v1.41/info", {}, role="environment"),
        Exchange(Request("GET", "/v1.41/info"), None, fault="the connection was lost"),
    ],
)
def test_what_belongs_to_no_document_or_to_no_check_is_not_noted(ignored):
    assert noted(ignored) == {}


def test_a_body_that_is_no_json_gives_a_status_only():
    found = noted(
        exchange("/v1.41/info", b"{", 200),
        exchange("/v1.41/version", b'{"Version": "1"}', headers=(("Content-Type", "text/plain"),)),
        exchange("/v1.41/containers/json", b"[" * 100_000),
    )

    assert set(found) == {"GET /info", "GET /version", "GET /containers/json"}
    assert not any(record.members for record in found.values())


def test_names_that_a_daemon_chose_are_redacted_and_bounded():
    body = {"secret-word": 1, "x" * 500: 1, **{f"n{number}": 1 for number in range(1000)}}
    found = noted(exchange("/v1.41/info", body), redact=lambda text: text.replace("secret-word", "***"))[
        "GET /info"
    ]

    assert "200 .secret-word" not in found.undocumented
    assert len(found.undocumented) == 300
    assert all(len(name) <= 200 for name in found.undocumented)


def test_records_of_workers_are_merged():
    recorder = CoverageRecorder()
    recorder.merge(noted(exchange("/v1.30/info", {"ID": "a"})))
    recorder.merge(noted(exchange("/v1.31/info", {"ID": "a"}), exchange("/v1.33/info", {"ID": "a"})))

    assert recorder.record()["GET /info"].members == {"200 .ID": "1.30-1.31 1.33"}


@pytest.mark.parametrize("text", ["1.14", "1.14-1.18", "1.14 1.16-1.18 2.0"])
def test_versions_are_written_as_they_are_read(text):
    assert write_versions(parse_versions(text)) == text


@pytest.mark.parametrize("text", ["", "1", "1.18-1.14", "1.14-2.3", "1.14,1.15", "1.14-1.99999", "v1.14"])
def test_what_is_no_list_of_versions_is_refused(text):
    with pytest.raises(ValueError, match="not a list of API versions"):
        parse_versions(text)


def test_each_documented_fact_is_asked_explained_or_open():
    record = {INSPECT: OperationRecord(statuses={"200": "1.29"}, members={"200 .Id": "1.29"})}
    reasons = CoverageReasons(
        {f"{INSPECT} 200 .HostConfig": (Window(ApiVersion(1, 0)), "It is shown elsewhere.")},
        [f"{INSPECT} query size"],
        ALL,
    )
    coverage = measure(record, versions("1.29-1.30"), [operations()[INSPECT]], reasons)
    facts = {(fact.kind, fact.name): fact for fact in coverage.facts}

    assert facts[FactKind.OPERATION, ""].asked == versions("1.29")
    assert facts[FactKind.STATUS, "200"].open == versions("1.30")
    assert (FactKind.STATUS, "500") not in facts
    assert facts[FactKind.RESPONSE_MEMBER, "200 .Id"].asked == versions("1.29")
    memory = facts[FactKind.RESPONSE_MEMBER, "200 .HostConfig.Memory"]
    assert memory.explained == {"It is shown elsewhere.": versions("1.29-1.30")}
    assert facts[FactKind.PARAMETER, "query size"].entry == f"{INSPECT} query size"
    assert coverage.count(FactKind.STATUS, ApiVersion(1, 29)) == (1, 0, 2)
    assert coverage.count(FactKind.STATUS, ApiVersion(1, 30)) == (0, 0, 2)
    assert [fact.place for fact in coverage.gaps()] == [INSPECT, f"{INSPECT} 200", f"{INSPECT} 404"]
    assert coverage.settled() == []


def test_a_version_stands_for_the_others_of_its_class():
    record = {INSPECT: OperationRecord(statuses={"200": "1.25"})}
    coverage = measure(record, versions("1.25-1.27"), [operations()[INSPECT]], NO_REASONS)
    answered = next(fact for fact in coverage.facts if fact.name == "200")

    assert answered.asked == versions("1.25-1.26")
    assert answered.open == versions("1.27")


def test_versions_that_are_not_gated_have_no_gaps():
    reasons = CoverageReasons({}, [], [Window(ApiVersion(1, 14), ApiVersion(1, 21))])
    coverage = measure(
        {}, versions("1.21-1.22"), [operations()[INSPECT], operations()["GET /tasks"]], reasons
    )

    assert {fact.operation for fact in coverage.gaps()} == {INSPECT}


def test_members_of_requests_are_gated_in_versions_of_their_own():
    create = "POST /volumes/create"
    asked = OperationRecord(statuses={"201": "1.21"}, body={".Name": "1.21"})
    older = Window(ApiVersion(1, 14), ApiVersion(1, 21))

    def gaps(gated_members):
        reasons = CoverageReasons({}, [], [older], gated_members)
        return [
            fact.place
            for fact in measure({create: asked}, versions("1.21"), [operations()[create]], reasons).gaps()
        ]

    assert gaps([]) == []
    assert gaps([Window(ApiVersion(1, 25))]) == []
    assert gaps([older]) == [f"{create} .Driver", f"{create} .DriverOpts"]


def test_an_open_line_that_is_no_longer_true_is_reported():
    record = {INSPECT: OperationRecord(statuses={"200": "1.30"}, parameters={"query size": "1.30"})}
    reasons = CoverageReasons({}, [f"{INSPECT} query size", "GET /info"], ALL)
    coverage = measure(record, versions("1.30"), [operations()[INSPECT]], reasons)

    assert coverage.settled() == [f"{INSPECT} query size"]


def test_a_member_that_comes_on_a_condition_is_explained_by_it():
    record = {"GET /info": OperationRecord(statuses={"200": "1.41"})}
    coverage = measure(record, versions("1.41"), [operations()["GET /info"]], NO_REASONS)
    nodes = next(fact for fact in coverage.facts if fact.name == "200 .Swarm.Nodes")

    assert nodes.explained == {"comes only if the engine is part of a swarm": versions("1.41")}


def test_undocumented_members_are_shown_with_the_nearest_documented_one():
    record = {"GET /system/df": OperationRecord(undocumented={"200 .BuildCache[]. Parents": "1.42-1.51"})}
    coverage = measure(record, versions("1.45"), [operations()["GET /system/df"]], NO_REASONS)

    (member,) = coverage.undocumented
    assert (member.versions, member.nearest) == (versions("1.45"), ".BuildCache[].Parents")
