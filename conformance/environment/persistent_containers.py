"""Processes that many checks use one after another: each runs on when a check has left it.

They are shared only as long as they live: what a daemon has ended meanwhile is replaced before the next check. Some
engines end a process's standard input when anybody leaves, whatever ``StdinOnce`` says; there is one for each check then.
"""

from __future__ import annotations

import math
import re
import time
from contextlib import suppress
from itertools import count
from typing import Any

from conformance.environment.environment import Environment
from conformance.environment.processes import KILLED_ON_STOP, is_running, wait_for_output
from conformance.http.documents import at
from conformance.http.errors import Malformed
from conformance.http.streams import Hijacked
from conformance.model.errors import DaemonFault, FixtureError

#: Seconds after which a process runs on for good that was left; those that end it do so within a tenth of that.
_SOON = 1.0
#: Seconds in which no engine forgets an exec instance that has ended; they do so after minutes.
_REMEMBERED = 60.0
_READS = {"OpenStdin": True, **KILLED_ON_STOP}
_SIZE = re.compile(rb"size (\d+ \d+)\r\n")


def echo_container(env: Environment) -> str:
    """The name of a running container that writes every byte back that it reads; other checks may use it afterwards."""
    return _reader(env, "mirror", "cat")


def terminal_echo_container(env: Environment) -> str:
    """The name of a running container with a terminal that writes every line back that it reads."""
    return _reader(env, "terminal mirror", "cat", Tty=True)


def answering_container(env: Environment) -> str:
    """The name of a running container that writes ``got`` and the line for each line that it reads."""
    return _reader(env, "answerer", "sh", "-c", "while read line; do echo got $line; done")


def idle_terminal(env: Environment) -> str:
    """The name of a running container with a terminal, whose size may be changed."""
    return _container(env, "sleeper with terminal", "sleep", "86400", Tty=True, **KILLED_ON_STOP)


def ended_exec(env: Environment) -> str:
    """The id of an exec instance in the resting container: ``sh -c "exit 2"`` as the user tester, which has ended."""

    def make() -> tuple[str, float]:
        instance = env.create_exec(env.idle_container(), "sh", "-c", "exit 2", User="tester")
        with env.client.hijack(
            "POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": False}
        ) as started:
            started.rest(30)
        ends = time.monotonic() + _SOON
        while time.monotonic() < ends and _is_running(env, instance):
            time.sleep(0.01)
        return instance, time.monotonic()

    return env.share_while("ended exec", make, lambda made: time.monotonic() - made[1] < _REMEMBERED)[0]


def _is_running(env: Environment, instance: str) -> bool | None:
    """Whether an exec instance runs; None when the daemon does not tell, which is for the checks of that to judge."""
    with suppress(DaemonFault, Malformed, AssertionError):
        told = at(env.client.get(f"/exec/{instance}/json").json(), "Running")
        return told if isinstance(told, bool) else None
    return None


def terminal_exec(env: Environment) -> TerminalExec:
    """A running exec instance with a terminal, in the resting container."""
    return env.share_while("terminal exec", lambda: TerminalExec(env), TerminalExec.runs)


def new_terminal_size(env: Environment) -> tuple[int, int]:
    """Rows and columns that were not asked for before."""
    heights = env.share("sizes", lambda: count(41))
    height = next(heights)
    return height, 2 * height


class TerminalExec:
    """An exec instance that tells the size of its terminal when asked; `instance` is its id."""

    def __init__(self, env: Environment) -> None:
        script = "echo ready; while read go; do echo size $(stty size); done"
        self.instance = env.create_exec(env.idle_container(), "sh", "-c", script, Tty=True, AttachStdin=True)
        self._env = env
        self._opened = env.client.apart().hijack(
            "POST", f"/exec/{self.instance}/start", json={"Detach": False, "Tty": True}
        )
        self._started: Hijacked = self._opened.__enter__()
        env.before_removal.append(self._leave)
        wait_for_output(self._started, b"ready")

    def size(self, timeout: float = 10.0) -> str:
        """Rows and columns as a process finds them. Raises DaemonFault when it does not tell."""
        ends = time.monotonic() + timeout
        begin = len(self._started.response.body)
        self._started.send(b"\n")
        while (found := _SIZE.search(self._started.response.body, begin)) is None:
            if not self._started.read(ends - time.monotonic()):
                return ""
        return found[1].decode()

    def runs(self) -> bool:
        """Whether it still does, as far as the daemon tells."""
        return _is_running(self._env, self.instance) is not False

    def _leave(self) -> list[str]:
        with suppress(DaemonFault):
            self._opened.__exit__(None, None, None)
        return []


def _reader(env: Environment, key: str, *cmd: str, **members: Any) -> str:
    """A container that reads its standard input: one for all once it is known that it outlives whoever leaves it."""
    if _outlives(env):
        return _container(env, key, *cmd, **_READS, **members)
    return env.create_container(*cmd, start=True, **_READS, **members)


def begin_trial(env: Environment) -> None:
    """Begin the trial of whether a process outlives who leaves it: it takes a second, in which checks go on."""
    _outlives(env)


def _outlives(env: Environment) -> bool:
    name, left = env.share("left alone", lambda: _leave(env))
    return time.monotonic() - left > _SOON and is_running(env, name) is True


def _leave(env: Environment) -> tuple[str, float]:
    """Attach to a container that reads, and leave it; returns its name, and when that was (never, if it went wrong)."""
    name = ""
    # What is wrong with attaching is for the checks to say.
    with suppress(FixtureError, DaemonFault, AssertionError):
        name = env.create_container("cat", start=True, **_READS)
        query = {"stream": 1, "stdin": 1, "stdout": 1}
        with env.client.hijack("POST", f"/containers/{name}/attach", query, headers=()) as attached:
            attached.send(b"here\n")
            wait_for_output(attached, b"here\n")
        return name, time.monotonic()
    return name, math.inf


def _container(env: Environment, key: str, *cmd: str, **members: Any) -> str:
    return env.share_while(
        key,
        lambda: env.create_container(*cmd, start=True, **members),
        lambda name: is_running(env, name) is True,
    )
