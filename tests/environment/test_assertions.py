"""Assertions of checks: what passes, and what the message of a failure says."""

import pytest

from conformance.environment import assertions
from conformance.http.messages import Response

DOCUMENT = {
    "NCPU": "x",
    "Debug": True,
    "Count": 3,
    "Ratio": 0.5,
    "List": [],
    "Null": None,
    "Deep": {"er": {}},
}


def message_of(assertion, *args, **options):
    with pytest.raises(AssertionError) as caught:
        assertion(*args, **options)
    return str(caught.value)


def test_a_wrong_status_is_shown_with_the_daemons_message():
    answer = Response(500, body=b'{"message": "no\\n such thing"}')

    assert message_of(assertions.assert_status, answer, 400) == "expected status 400, got 500: no such thing"


def test_a_wrong_success_is_shown_without_its_body():
    assert (
        message_of(assertions.assert_status, Response(200, body=b"{}"), 201, 204)
        == "expected status 201 or 204, got 200"
    )


def test_one_of_several_statuses_passes():
    assertions.assert_status(Response(204), 200, 204)


@pytest.mark.parametrize("status", [200, 304])
def test_a_refusal_is_400_or_more(status):
    assertions.assert_refused(Response(400))
    assert message_of(assertions.assert_refused, Response(status)) == (
        f"expected a refusal (status 400 or more), got {status}"
    )


def test_a_success_is_a_2xx():
    assertions.assert_success(Response(204))
    assert message_of(assertions.assert_success, Response(404, body=b"gone")) == (
        "expected success (status 2xx), got 404: gone"
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("NCPU", str),
        ("Debug", bool),
        ("Count", int),
        ("Count", float),
        ("Ratio", float),
        ("List", list),
        ("Deep.er", dict),
    ],
)
def test_a_member_of_the_type_is_returned(path, kind):
    assert assertions.assert_type(DOCUMENT, path, kind) is not None


@pytest.mark.parametrize(
    ("path", "kind", "message"),
    [
        ("NCPU", int, "NCPU: expected an integer, got 'x'"),
        ("Debug", int, "Debug: expected an integer, got True"),
        ("Count", bool, "Count: expected a boolean, got 3"),
        ("Ratio", int, "Ratio: expected an integer, got 0.5"),
        ("Null", list, "Null: expected an array, got None"),
        ("Absent", str, "Absent: expected a string, got no such member"),
        (("Deep", "er", "est"), dict, "Deep.er.est: expected an object, got no such member"),
    ],
)
def test_a_wrong_type_fails_with_the_value(path, kind, message):
    assert message_of(assertions.assert_type, DOCUMENT, path, kind) == message


def test_null_and_absence_pass_only_on_request():
    assert assertions.assert_type(DOCUMENT, "Null", list, nullable=True) is None
    assert not assertions.assert_type(DOCUMENT, "Absent", list, optional=True)
    assert message_of(assertions.assert_type, DOCUMENT, "Absent", list, nullable=True) == (
        "Absent: expected an array or null, got no such member"
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(200, body=b'{"stream": "ok"}'), ""),
        (Response(200, body=b'{"error": "no space"}'), "no space"),
        (Response(404, body=b"no image"), "no image"),
    ],
)
def test_progress_succeeds_or_fails(answer, error):
    if error:
        assertions.assert_progress_fails(answer)
        assert (
            message_of(assertions.assert_progress_succeeds, answer)
            == f"expected success, got the error: {error}"
        )
    else:
        assertions.assert_progress_succeeds(answer)
        assert message_of(assertions.assert_progress_fails, answer) == "expected an error, got success"


class Pinged:
    def __init__(self, status):
        self._status = status

    def get(self, path):
        assert path == "/_ping"
        return Response(self._status)


def test_a_daemon_is_alive_that_answers_a_ping():
    assertions.assert_alive(Pinged(200))
    assert message_of(assertions.assert_alive, Pinged(500)) == "GET /_ping: expected status 200, got 500"


class Adopting:
    def __init__(self):
        self.adopted = []

    def adopt(self, kind, name):
        self.adopted.append((kind, name))


@pytest.mark.parametrize(
    ("kind", "body"),
    [("network", b'{"Id": "n"}'), ("volume", b'{"Name": "n"}'), ("container", b'{"Id": "n"}')],
)
def test_an_object_that_should_have_been_refused_is_adopted(kind, body):
    env = Adopting()

    assertions.adopt_if_created(env, kind, Response(400, body=b"refused"))
    assertions.adopt_if_created(env, kind, Response(201, body=body))

    assert env.adopted == [(kind, "n")]
