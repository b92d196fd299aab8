"""Actions that go one at a time, also between processes. No daemon."""

import multiprocessing
import time

from conformance.environment.exclusive import exclusively


def hold(begun, seconds):
    with exclusively("prune"):
        begun.set()
        time.sleep(seconds)


def test_another_process_waits(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    context = multiprocessing.get_context("fork")
    begun = context.Event()
    other = context.Process(target=hold, args=(begun, 0.5))
    other.start()
    assert begun.wait(10)
    started = time.monotonic()

    with exclusively("another action"):
        free = time.monotonic() - started
    with exclusively("prune"):
        waited = time.monotonic() - started

    other.join()
    assert free < 0.3
    assert waited > 0.3
