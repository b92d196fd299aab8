"""Distributes tasks over workers: tasks of one group share fixtures, so one worker runs them while the others have work."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Group(Generic[T]):
    """Tasks that wait, the next one first. `running` counts those that were taken and are not done."""

    def __init__(self, tasks: Iterable[T]) -> None:
        self.waiting = deque(tasks)
        self.running = 0
        self.has_begun = False


class Schedule(Generic[T]):
    """Groups of tasks, in the order in which to begin them. A task that is done may add tasks to its group. Thread-safe."""

    def __init__(self, groups: Iterable[Iterable[T]]) -> None:
        self._groups = [Group(tasks) for tasks in groups]
        self._changed = threading.Condition()
        self._stopped = False

    def take(self, last: Group[T] | None = None) -> tuple[Group[T], T] | None:
        """The next task for a worker whose last task was of the group `last`; None when no task is left.

        It is one of the same group, else of a group that has not begun, else of the group with the most tasks. Waits while
        running tasks may add others.
        """
        with self._changed:
            while not self._stopped:
                group = self._choose(last)
                if group is not None:
                    group.running += 1
                    group.has_begun = True
                    return group, group.waiting.popleft()
                if not any(group.running for group in self._groups):
                    return None
                self._changed.wait()
            return None

    def _choose(self, last: Group[T] | None) -> Group[T] | None:
        if last is not None and last.waiting:
            return last
        self._groups = [group for group in self._groups if group.waiting or group.running]
        ready = [group for group in self._groups if group.waiting]
        fresh = next((group for group in ready if not group.has_begun), None)
        return fresh or max(ready, key=lambda group: len(group.waiting), default=None)

    def finish(self, group: Group[T], more: Iterable[T] = ()) -> None:
        """A task of the group is done; `more` are tasks that it adds."""
        with self._changed:
            group.running -= 1
            group.waiting.extend(more)
            self._changed.notify_all()

    def stop(self) -> None:
        """Give out no more tasks."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
