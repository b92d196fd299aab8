"""Assertions about documented answers: what they let pass, and the words of what they do not. No daemon."""

from types import SimpleNamespace

import pytest

from conformance import (
    assert_as_in_example,
    assert_documented,
    assert_members_shown,
    assert_refusal_documented,
    documented_members,
)
from conformance.http.messages import Response
from conformance.model.versions import ApiVersion

API = SimpleNamespace(version=ApiVersion(1, 41))
#: Its document is prose with examples.
OLD_API = SimpleNamespace(version=ApiVersion(1, 21))
JSON = (("Content-Type", "application/json; charset=utf-8"),)


def answer(body, status=200, headers=JSON):
    return Response(status, headers=headers, body=body.encode())


def test_an_answer_as_documented_passes():
    assert_documented(API, answer('[{"Id": "a", "Ports": null, "New": 1}]'), "GET /containers/json")


def test_an_answer_as_in_the_example_passes():
    rows = answer('{"status": "create", "id": "a", "from": "b", "time": 1, "timeNano": 2, "new": {}}')

    assert_as_in_example(OLD_API, rows, "GET /events", stream=True)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"StatusCode": "0"}', 'StatusCode: expected an integer, got "0"'),
        ("{}", "StatusCode: expected the member, got nothing"),
    ],
)
def test_an_answer_unlike_the_example_is_refused_with_the_reason(body, message):
    with pytest.raises(AssertionError) as error:
        assert_as_in_example(OLD_API, answer(body), "POST /containers/(id)/wait")

    assert str(error.value) == message


def test_a_member_that_may_be_absent_may_be_so_with_all_that_is_inside():
    assert_as_in_example(OLD_API, answer("{}"), "POST /containers/(id)/wait", absent=[".StatusCode"])


def test_a_refusal_as_documented_passes():
    assert_refusal_documented(API, answer('{"message": "no"}', 404), "GET /containers/(id)/json")


def test_a_stream_is_held_row_by_row():
    rows = answer('{"Type": "network"}\n{"Type": "weather"}\n')

    with pytest.raises(AssertionError, match=r'^Type: expected one of .*, got "weather"$'):
        assert_documented(API, rows, "GET /events", stream=True)


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (answer('[{"Id": 1}]'), "[0].Id: expected a string, got 1"),
        (answer('[{"Id": 1, "Names": "a", "Ports": {}}]'), "; "),
        (answer("[]", 202), "expected status 200 or 400 or 500, got 202"),
        (answer("[]", headers=(("Content-Type", "text/html"),)), "Content-Type: expected application/json, got text/html"),
        (answer("[]", headers=()), "Content-Type: expected application/json, got none"),
        (answer('{"message": "boom"}', 500), "500: boom"),
        (answer("OK"), "not JSON"),
        (answer(""), "expected a JSON body, got status 200 with an empty one"),
    ],
)  # fmt: skip
def test_what_is_not_as_documented_fails_in_plain_words(response, message):
    with pytest.raises(AssertionError) as failed:
        assert_documented(API, response, "GET /containers/json")

    assert message in str(failed.value)


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (answer("{}", 200), "expected a refusal (status 400 or more), got 200"),
        (answer('{"message": "no"}', 418), "expected status 200 or 404 or 500, got 418: no"),
        (answer("{}", 404), "message: expected a string, got nothing"),
        (answer("no", 404), "not JSON"),
        (answer("", 404), "expected a JSON body, got status 404 with an empty one"),
    ],
)
def test_a_refusal_that_is_not_as_documented_fails(response, message):
    with pytest.raises(AssertionError) as failed:
        assert_refusal_documented(API, response, "GET /containers/(id)/json")

    assert message in str(failed.value)


def test_many_violations_are_counted():
    row = '{"Id": 1, "Names": "a", "Ports": {}, "State": 1, "Status": 2, "Created": "x"}'

    with pytest.raises(AssertionError, match=r"\(and 1 more\)"):
        assert_documented(API, answer(f"[{row}, {row}]"), "GET /containers/json")


def test_an_empty_stream_proves_nothing():
    with pytest.raises(AssertionError, match="expected a JSON body"):
        assert_documented(API, answer(""), "GET /events", stream=True)


def test_a_body_keeps_the_members_of_its_version():
    body = {
        "Image": "a",
        "New": 1,
        "HostConfig": {"Annotations": {"a": "b"}, "Mounts": [{"Type": "bind", "New": 1}]},
        "Healthcheck": {"StartInterval": 1, "Retries": 2},
    }

    assert documented_members(API, "POST /containers/create", body) == {
        "Image": "a",
        "HostConfig": {"Mounts": [{"Type": "bind"}]},
        "Healthcheck": {"Retries": 2},
    }


def test_members_that_are_shown_as_they_were_sent_pass():
    sent = {
        "Config": {"Env": ["A=b"], "Healthcheck": {"StartInterval": 1}, "Tty": False},
        "HostConfig": {"Init": None, "Mounts": [{"Type": "bind"}]},
    }
    shown = answer(
        '{"Config": {"Env": ["C=d", "A=b"], "Tty": false}, "HostConfig": {"Mounts": [{"Type": "bind", "RW": 1}]}}'
    )

    assert_members_shown(API, shown, "GET /containers/(id)/json", sent)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"Config": {"User": "root"}}, 'Config.User: expected "root", got null'),
        ({"Config": {"Tty": False}}, "Config.Tty: expected false, got true"),
        ({"Config": {"Env": ["A=b"]}}, 'Config.Env: expected an element "A=b", got an array'),
        ({"HostConfig": {"Memory": 1}}, "HostConfig: expected an object, got null"),
    ],
)
def test_a_member_that_is_not_shown_as_it_was_sent_is_named(sent, message):
    with pytest.raises(AssertionError) as error:
        assert_members_shown(
            API, answer('{"Config": {"Env": ["C=d"], "Tty": true}}'), "GET /containers/(id)/json", sent
        )

    assert str(error.value) == message
