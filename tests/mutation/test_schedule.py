"""How tasks are distributed over workers."""

import threading

from conformance.mutation.schedule import Schedule


def take_all(schedule):
    """All tasks in the order in which one worker gets them."""
    group, taken = None, []
    while (found := schedule.take(group)) is not None:
        group, task = found
        taken.append(task)
        schedule.finish(group)
    return taken


def test_one_worker_ends_a_group_before_it_begins_another():
    assert take_all(Schedule(["ab", "cd"])) == ["a", "b", "c", "d"]


def test_another_worker_begins_another_group():
    schedule = Schedule(["ab", "cd"])

    assert [schedule.take()[1], schedule.take()[1]] == ["a", "c"]


def test_a_worker_without_a_group_helps_with_the_longest():
    schedule = Schedule(["ab", "cdef"])
    schedule.take()
    schedule.take()

    assert schedule.take()[1] == "d"


def test_a_worker_waits_for_tasks_that_a_running_one_adds():
    schedule = Schedule(["a"])
    group, _ = schedule.take()
    taken = []
    thread = threading.Thread(target=lambda: taken.extend(take_all(schedule)))
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()

    schedule.finish(group, "bc")
    thread.join(5)

    assert taken == ["b", "c"]


def test_a_stopped_schedule_gives_out_nothing():
    schedule = Schedule(["ab"])
    schedule.take()
    schedule.stop()

    assert schedule.take() is None
