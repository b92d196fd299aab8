"""Events as documents: whose they are, and in which order they came."""

import pytest

from conformance.http import event_log

ID = "4386fb97867d1b7a2e2e3f1b8b9b3c1f6a2d3e4f5061728394a5b6c7d8e9f001"
OLD = {"status": "start", "id": ID, "from": "ubuntu:latest", "time": 1374067924}
NEW = {"Type": "container", "Action": "start", "Actor": {"ID": ID, "Attributes": {"name": "one"}}}


@pytest.mark.parametrize("event", [OLD, NEW], ids=["status", "Action"])
def test_the_name_of_an_event_is_found_in_both_forms(event):
    assert event_log.event_action(event) == "start"


def test_the_command_behind_the_name_of_an_exec_is_left_out():
    assert event_log.event_action({"status": "exec_create: sh -c true"}) == "exec_create"


@pytest.mark.parametrize("event", [{}, [], {"status": 7}, {"status": ""}])
def test_what_has_no_name_is_no_error(event):
    assert event_log.event_action(event) == ""


@pytest.mark.parametrize(
    ("named", "name", "same"),
    [
        (ID, ID, True),
        (ID[:12], ID, True),
        (ID[:11], ID, False),
        (f"sha256:{ID}", ID, True),
        (ID, f"sha256:{ID}", True),
        (f"{ID}:latest", ID, True),
        (f"{'f' * 64}:latest", ID, False),
        ("docker.io/library/one:1", "one:1", True),
        ("someone:1", "one:1", False),
        ("one:2", "one:1", False),
    ],
)
def test_an_object_is_known_by_its_id_whole_or_cut_and_by_its_name(named, name, same):
    assert event_log.is_about({"status": "tag", "id": named}, name) is same


def test_an_actor_is_known_by_its_id_or_name():
    assert event_log.is_about(NEW, ID)
    assert event_log.is_about(NEW, "one")
    assert not event_log.is_about(NEW, "two")


def test_an_id_counts_alone_where_there_is_one():
    both = {**NEW, "id": "f" * 64}

    assert event_log.is_about({**NEW, "id": ID}, ID)
    assert event_log.is_about(both, "f" * 64)
    assert not event_log.is_about(both, ID)


def test_only_the_events_of_the_object_count():
    events = [OLD, {"status": "create", "id": "f" * 64}, {**OLD, "status": "die"}]

    assert event_log.actions_about(events, ID) == ["start", "die"]


@pytest.mark.parametrize(
    ("actions", "right"),
    [(["a", "x", "b"], True), (["b", "a"], False), (["a"], False), (["a", "b", "a"], True)],
)
def test_order_is_kept_whatever_stands_between(actions, right):
    assert event_log.is_in_order(actions, ["a", "b"]) is right
