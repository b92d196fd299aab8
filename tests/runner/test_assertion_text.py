"""What a report says of an assertion that failed: one plain line, whatever the check compared."""

import importlib.util
import re
import textwrap
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook

from conformance import ABSENT
from conformance.http.documents import known
from conformance.http.event_log import is_in_order
from conformance.model.errors import DaemonTimeout, FixtureError, SharedFixtureError
from conformance.model.verdicts import Verdict
from conformance.runner import assertion_text
from conformance.runner.assertion_text import describe_assertion
from conformance.runner.verdicts import Finding, judge


@pytest.fixture
def fail(tmp_path, pytestconfig):
    """Run one assertion in a module that pytest rewrites, as it does the suites; returns its error."""

    def call(assertion, **names):
        path = tmp_path / "test_rewritten.py"
        path.write_text(f"def run({', '.join(names)}):\n{textwrap.indent(assertion, '    ')}\n")
        assertion_text._find_assertions.cache_clear()
        hook = AssertionRewritingHook(pytestconfig)
        spec = importlib.util.spec_from_file_location("test_rewritten", path, loader=hook)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        with pytest.raises(AssertionError) as raised:
            module.run(**names)
        return raised.value

    return call


class Answer:
    status, body, ok, stdout = 500, b"x", False, "1"


def at(document, *path):
    for name in path:
        document = document[name]
    return document


@pytest.mark.parametrize(
    ("assertion", "value", "message"),
    [
        ("assert value.status == 400", Answer(), "expected status 400, got 500"),
        ("assert value.status in (200, 204)", Answer(), "expected status one of (200, 204), got 500"),
        ("assert value.body == b''", Answer(), "body: expected '', got 'x'"),
        ("assert value is True", 1, "value: expected True, got 1"),
        ("assert value >= 2", 1, "value: expected at least 2, got 1"),
        ("assert value < 1", 1, "value: expected less than 1, got 1"),
        ("assert value != 1", 1, "value: expected anything but 1, got 1"),
        ("assert value not in [1, 2]", 1, "value: expected none of [1, 2], got 1"),
        ("assert value is not value", ABSENT, "value: expected a member, got no such member"),
        ("assert value is None", ABSENT, "value: expected None, got no such member"),
        ("assert value == 1", ABSENT, "value: expected 1, got no such member"),
        ("assert 'a' in value", "bcd", "expected 'a' in value, got 'bcd'"),
        ("assert 'b' not in value", "bcd", "expected no 'b' in value, got 'bcd'"),
        ("assert 1 == value", 2, "value: expected 1, got 2"),
        ("assert (\n    value\n    == 1\n)", 0, "value: expected 1, got 0"),
        ("assert not value", ["a"], "value: expected nothing, got ['a']"),
        ("assert value", [], "value: expected a value, got []"),
        ("assert value.ok", Answer(), "ok: expected True, got False"),
        ("assert isinstance(value, bool)", 1, "value: expected a boolean, got 1"),
        ("assert value == 1 and value == 2", 1, "not true: (1 == 1 and 1 == 2)"),
        ("assert value == 'b'", "a == c", "not true: 'a == c' == 'b'"),
        ("assert value == 1, 'the flag is off'", 0, "the flag is off (value: expected 1, got 0)"),
        ("assert value == 1, f'expected 1, got {value}'", 0, "expected 1, got 0"),
        ("assert value, 'nothing came'", None, "nothing came"),
        ("raise AssertionError('said by a helper')", 0, "said by a helper"),
        ("assert value is not None, 'expected a row among 14'", None, "expected a row among 14"),
        ("raise AssertionError()", 0, "an assertion failed"),
        (f"assert value['{'x' * 60}'] == 2", {"x" * 60: 1}, "expected 2, got 1"),
    ],
)
def test_an_assertion_is_a_sentence(assertion, value, message, fail):
    assert describe_assertion(fail(assertion, value=value)) == message


def test_a_member_of_a_document_is_named_by_its_path(fail):
    document = {"State": {"Running": True}}
    error = fail("assert at(document, 'State', 'Running') is False", at=at, document=document)

    assert describe_assertion(error) == "State.Running: expected False, got True"


def test_a_value_without_the_members_that_are_not_known_has_its_own_name(fail):
    document = {"State": {"Running": True, "More": 1}}
    error = fail(
        "assert known(at(document, 'State'), wanted) == wanted",
        at=at,
        known=known,
        document=document,
        wanted={"Running": False},
    )

    assert describe_assertion(error) == "State: expected {'Running': False}, got {'Running': True}"


def find_actions(answer):
    return ["create", "start"]


def run_created(answer):
    return Answer


@pytest.mark.parametrize(
    ("assertion", "value", "said"),
    [
        ("assert 'die' in value.find_actions(1)", None, "expected 'die' in actions, got ['create', 'start']"),
        ("assert value.find_actions(1) == []", None, "actions: expected [], got ['create', 'start']"),
        ("assert value(1).stdout == '2'", run_created, "standard output: expected '2', got '1'"),
        ("assert len(value) == 2", [1], "number of value: expected 2, got 1"),
        (
            "assert 3 <= at(value, 'Containers') <= 5",
            {"Containers": 7},
            "Containers: expected 7 to be at most 5",
        ),
        ("assert 400 <= value.status < 450", Answer(), "expected status less than 450, got 500"),
        ("assert 501 <= value.status < 550", Answer(), "expected status at least 501, got 500"),
        ("assert 9 < value", 3, "value: expected more than 9, got 3"),
        ("assert {'a'} <= value", {"b"}, "value: expected at least {'a'}, got {'b'}"),
        ("assert value.get('ETag') == 'x'", {"ETag": "y"}, "ETag: expected 'x', got 'y'"),
        ("assert 'die' in value, value", ["create"], "expected 'die' in value, got ['create']"),
        ("assert sorted(at(value, 'Names')) == ['a']", {"Names": ["b"]}, "Names: expected ['a'], got ['b']"),
        ("assert (1 in value, 2 in value) == (True, True)", [1], "expected True, got False (2 in value)"),
        (
            "assert [one in value for one in (1, 2)] == [True, True]",
            [1],
            "expected [True, True], got [True, False] ([one in value for one in (1, 2)])",
        ),
        ("assert value.find_name() in value.find_none()", None, "expected '/x' in none, got nothing"),
        ("assert value.find_name() in []", None, "name: expected one of [], got '/x'"),
        ("assert value[0] in value[1:]", ["/x"], "expected '/x' in value, got nothing"),
        ("assert value[0] in value[1:]", ["/x", "/y"], "expected '/x' in value, got ['/y']"),
        ("assert value[0] in value[1]", ["a", ("b", "c")], "value: expected one of ('b', 'c'), got 'a'"),
        ("assert value[0] in [one for one in value[1:]]", ["a", "b"], "expected 'a' in value, got ['b']"),
        ("assert value[0] in (lambda: value[1:])()", ["a", "b"], "expected 'a' in the list, got ['b']"),
        ("assert value[0] not in value", ["a"], "expected no 'a' in value, got ['a']"),
        ("assert value not in ('', None)", "", "value: expected none of ('', None), got ''"),
        ("assert (value in (1, 2)) is True", 3, "value: expected one of (1, 2), got 3"),
        ("assert (value in (1, 2)) is False", 2, "value: expected none of (1, 2), got 2"),
        ("assert (value != '') is False", "a", "value: expected '', got 'a'"),
        ("assert (value == 1) is False", 1, "value: expected anything but 1, got 1"),
        ("assert (value == 1) is True", 0, "value: expected 1, got 0"),
        ("assert (value < 2) == False", 1, "value: expected at least 2, got 1"),
        ("assert 'b' in value.values()", {"a": "c"}, "expected 'b' in value, got ['c']"),
        (
            "first, all = value\nassert (first in all, 2) == (True, 2)",
            [1, []],
            "expected first in all, got a list without it",
        ),
        (
            "first, all = value\nassert (first in all, 2) == (False, 2)",
            [1, [1]],
            "expected no first in all, got a list with it",
        ),
        ("assert value[0] is not None", [None], "value: expected a value, got None"),
        ("assert not value", True, "value: expected False, got True"),
        ("assert value.startswith('/')", "abc", "value: expected a text that starts with '/', got 'abc'"),
        ("assert value.endswith('/')", "abc", "value: expected a text that ends with '/', got 'abc'"),
        ("assert NUMBER.fullmatch(value)", "abc", "value: expected a match of NUMBER, got 'abc'"),
        ("assert isinstance(value, (int, list))", "1", "value: expected an integer or an array, got '1'"),
        (
            "assert {'a': 1}.items() <= value.items()",
            {"b": 2},
            "value: expected at least [('a', 1)], got [('b', 2)]",
        ),
        (
            "assert is_in_order(value, ['a', 'b']), value",
            ["b", "a"],
            "value: expected ['a', 'b'] in this order, got ['b', 'a']",
        ),
        ("assert all(one in value for one in (1, 2))", [1], "expected one in value for every one in (1, 2)"),
        (
            "assert value < datetime(2024, 5, 1, tzinfo=UTC)",
            datetime(2024, 5, 2, 3, tzinfo=UTC),
            "value: expected less than 2024-05-01 00:00:00, got 2024-05-02 03:00:00",
        ),
    ],
)
def test_what_is_expected_and_what_came_is_in_words_not_in_code(assertion, value, said, fail):
    tools = SimpleNamespace(find_actions=find_actions, find_name=lambda: "/x", find_none=list)
    error = fail(
        assertion,
        value=tools if value is None else value,
        at=at,
        datetime=datetime,
        UTC=UTC,
        NUMBER=re.compile("[0-9]+"),
        is_in_order=is_in_order,
    )

    assert describe_assertion(error) == said


def test_without_its_source_an_assertion_is_shown_as_pytest_has_it(fail, tmp_path):
    error = fail("assert value == 1", value=0)
    (tmp_path / "test_rewritten.py").unlink()

    assert describe_assertion(error) == "not true: 0 == 1"


def test_a_failed_assertion_is_a_failed_check(fail):
    error = fail("assert answer.status == 400", answer=Answer())

    assert judge("call", error) == Finding(Verdict.FAIL, "expected status 400, got 500")
    assert judge("setup", error).verdict is Verdict.BLOCKED
    assert judge("teardown", error).verdict is Verdict.ERROR


def test_a_long_reason_is_cut():
    assert len(judge("call", AssertionError("x" * 1000)).reason) == 400


def test_the_shared_fixture_that_failed_is_named_once():
    root = DaemonTimeout("no answer to POST /build within 60 s")
    talker = SharedFixtureError("talker", root)
    made_of_it = SharedFixtureError("made of talker", talker)

    assert judge("call", made_of_it) == Finding(
        Verdict.BLOCKED, "no answer to POST /build within 60 s", "talker"
    )
    assert judge("setup", made_of_it) == judge("setup", talker)
    assert (made_of_it.fixture, made_of_it.root) == ("talker", root)
    assert str(made_of_it) == str(talker) == f"fixture 'talker' failed: {root}"


def test_an_assertion_in_a_shared_fixture_is_a_sentence_too(fail):
    error = SharedFixtureError("image", fail("assert answer.status == 201", answer=Answer()))

    assert judge("setup", error).reason == "expected status 201, got 500"


def test_another_fixture_blocks_with_its_own_message():
    error = FixtureError("failed to create the volume")

    assert judge("setup", error) == Finding(Verdict.BLOCKED, "failed to create the volume")
