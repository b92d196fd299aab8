"""A reason that has to fit into a column keeps what was expected and what came."""

import pytest

from conformance.report.render.reasons import fit_reason


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("expected status 400, got 201", "expected status 400, got 201"),
        ("expected status 400, got 500: json: cannot unmarshal string", "expected status 400, got 500"),
        ("Debug: expected an integer, got a boolean", "expected an integer, got a boolean"),
        ("HostConfig.Memory: expected 1048576, got 0", "Memory: expected 1048576, got 0"),
        ("Container.State: expected an object, got no such member", "expected State, got no such member"),
        ("A.NetworkSettings.Networks: expected an object, got no such member", "Networks is missing"),
        ("ExecutionDriver: expected no such member, got 'native-0.2'", "expected no ExecutionDriver"),
        (
            "expected ['a', 'b', 'c'], got [] (sorted(name for name in rows))",
            "expected ['a', 'b', 'c'], got []",
        ),
        (f"out: expected '{'a' * 40}', got '{'b' * 40}'", "expected 'aaaaaaaa…, got 'bbbbbbb…"),
        (f"out: expected '{'a' * 40}', got ''", "expected 'aaaaaaaaaaaaaaa…, got ''"),
        ("expected 'exec_detach' in actions, got ['create', 'start']", "expected 'exec_detach' in actions"),
        ("expected 'health_status' in the actions, got []", "no 'health_status' in the actions"),
        (f"expected '{'x' * 24}' in actions, got []", f"no '{'x' * 24}'"),
        ("timed out after 10 s waiting for the hijacked connection", "timed out after 10 s"),
        ("the stream ended before its last frame came", "the stream ended before its last …"),
    ],
)
def test_it_is_shortened_where_least_is_lost(reason, said):
    assert fit_reason(reason, 34) == said


def test_a_message_of_the_daemon_is_cut_where_there_is_room_for_some_of_it():
    reason = f"expected status 400, got 500: {'invalid reference format ' * 9}"

    assert fit_reason(reason, 60) == f"{reason[:59]}…"


@pytest.mark.parametrize("width", [12, 20, 34, 80])
def test_it_never_is_longer_than_its_column(width):
    for reason in (
        "x" * 300,
        f"{'n' * 50}: expected {'w' * 90}, got {'c' * 90}",
        "expected status 400, got 500: m",
    ):
        assert len(fit_reason(reason, width)) <= width
