"""The kinds of deviations, told from their reasons."""

import pytest

from conformance.report.render.deviation_kinds import KINDS, find_kind


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("no such route (4 statements)", "missing routes"),
        ("expected status 400, got 500: m", "bad requests answered 5xx"),
        ("expected status 400, got 200", "bad requests accepted"),
        ("expected a refusal (status 400 or more), got 201", "bad requests accepted"),
        ("expected an error, got success", "bad requests accepted"),
        ("expected a 2xx status, got 500: m", "good requests refused"),
        ("expected success (status 2xx), got 404: m", "good requests refused"),
        ("expected success, got the error: m", "good requests refused"),
        ("expected status 201, got 400: m", "good requests refused"),
        ("expected status one of (200, 204), got 500", "good requests refused"),
        ("expected status 200, got 204", "other statuses"),
        ("expected status 409, got 404", "other statuses"),
        ("A.B: expected an object, got no such member", "missing members"),
        ("Debug: expected an integer, got False", "other types"),
        ("[].Names: expected the member, got nothing", "missing members"),
        ("Memory: expected 1, got 0", "other behaviour"),
        ("timed out after 3 s waiting for the stream", "timeouts"),
    ],
)
def test_a_reason_tells_the_kind(reason, kind):
    assert find_kind(reason) == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("event", "wrong or missing events"),
        ("request-field", "parameters without their effect"),
        ("response-field", "other values in answers"),
        ("behaviour", "other behaviour"),
    ],
)
def test_another_value_is_told_by_what_the_statement_is_about(statement, kind):
    assert find_kind("Memory: expected 1, got 0", statement) == kind
    assert kind in KINDS
    assert find_kind("expected status 400, got 200", statement) == "bad requests accepted"
