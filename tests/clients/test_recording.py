"""Exchanges of a client reduced to operations, parameters and members."""

from __future__ import annotations

import json

import requests

from conformance.catalogue.recordings import AskedOperation
from conformance.clients.protocol import Outcome
from conformance.clients.reads import note_reads
from conformance.clients.recording import reduce_scenarios
from conformance.clients.result import ScenarioResult, StepResult
from conformance.http.messages import Exchange, Request, Response
from conformance.model.versions import ApiVersion

JSON = (("Content-Type", "application/json"),)


def exchange(method, target, answer, body=None, status=200):
    sent = json.dumps(body).encode() if body is not None else None
    return Exchange(
        Request(method, target, JSON, sent), Response(status, "", JSON, json.dumps(answer).encode())
    )


def reduce(*exchanges, reads=None):
    step = StepResult("x", Outcome.PASSED, "", exchanges)
    return reduce_scenarios("c", [ScenarioResult("c", ApiVersion(1, 41), "", [step], reads or {})]).operations


LIST = exchange("GET", "/v1.41/containers/json?all=1", [{"Id": "x", "Names": ["/a"], "Unknown": 1}])


def test_of_a_client_whose_reads_are_unknown_every_documented_member_counts_as_read():
    assert reduce(LIST) == {"GET /containers/json": AskedOperation(["200"], ["all"], ["Id", "Names"])}


def test_of_a_client_whose_reads_are_known_only_those_count():
    found = reduce(LIST, reads={"GET /v1.41/containers/json?all=1": ["Id", "Unknown"]})

    assert found == {"GET /containers/json": AskedOperation(["200"], ["all"], ["Id"])}


def test_members_with_the_zero_of_their_type_are_not_sent():
    body = {"Image": "x", "Tty": False, "Env": None, "HostConfig": {"Memory": 0, "NanoCpus": 1}}
    found = reduce(exchange("POST", "/v1.41/containers/create", {"Id": "x"}, body, 201))

    assert found["POST /containers/create"].sends == ["HostConfig", "Image", "NanoCpus"]


def test_a_request_without_a_version_belongs_to_no_document():
    assert reduce(exchange("GET", "/version", {})) == {}


def test_reads_of_the_documents_that_requests_returns_are_noted(monkeypatch):
    monkeypatch.setattr(requests.Response, "json", requests.Response.json)
    reads = {}
    note_reads(reads)
    response = requests.Response()
    response._content = b'{"A":[{"B":1}],"C":2,"D":3}'
    response.request = requests.Request("GET", "http://x/v1.41/info?a=1").prepare()

    document = response.json()
    assert document["A"][0].get("B") == 1
    assert "C" in document

    assert reads == {"GET /v1.41/info?a=1": {"A", "B", "C"}}
