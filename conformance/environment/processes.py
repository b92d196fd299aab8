"""Processes of the environment that have written something, or wait for input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from conformance.environment.environment import Environment
from conformance.environment.wait import wait_until
from conformance.http.documents import at
from conformance.http.frames import STDERR, STDOUT, payload
from conformance.http.streams import Hijacked
from conformance.model.errors import DaemonFault, FixtureError

#: Members of a create body: stopping the container kills its process at once.
KILLED_ON_STOP = {"StopSignal": "SIGKILL"}


def start_and_wait_for_output(env: Environment, out: bytes, err: bytes, *cmd: str, **members: Any) -> str:
    """Start a container and wait until its log holds `out` and `err`; returns its name.

    A line feed at their end is not waited for: whether it comes is for checks to say.
    """
    out, err = out.rstrip(b"\n"), err.rstrip(b"\n")
    name = env.create_container(*cmd, start=True, **{**KILLED_ON_STOP, **members})

    def has_output() -> bool:
        if members.get("Tty"):  # then the log is the terminal's output, without frames
            log = env.client.get(f"/containers/{name}/logs", {"stdout": 1, "stderr": 1})
            return out in env.require(log).body
        frames = env.read_log(name)
        return out in payload(frames, STDOUT) and err in payload(frames, STDERR)

    wait_until(has_output, f"the output of {name} in its log")
    return name


def wait_for_log(env: Environment, name: str, word: bytes) -> None:
    """Wait until the log of a container (without a TTY) has `word` in its standard output. Raises FixtureError."""
    wait_until(lambda: word in payload(env.read_log(name), STDOUT), f"{word!r} in the log of {name}")


def is_running(env: Environment, name: str) -> bool | None:
    """Whether the process of a container runs; None when the daemon does not say."""
    answer = env.client.get(f"/containers/{name}/json")
    value = at(answer.json(), "State", "Running") if answer.ok else None
    return value if isinstance(value, bool) else None


def wait_for_output(attached: Hijacked, word: bytes, *, tty: bool = False) -> None:
    """Wait until a process has written `word` to its standard output, read over a hijacked stream. Raises FixtureError."""
    try:
        output = attached.read_until(word) if tty else attached.read_output_until(word)
    except (AssertionError, DaemonFault) as error:
        raise FixtureError(f"failed to read the output of the process: {error}") from error
    if word not in output:
        raise FixtureError(f"the process ended before it wrote {word!r}")


@contextmanager
def running_exec(env: Environment) -> Iterator[str]:
    """The id of an exec instance in the idle container that runs inside the block, and has ended after it."""
    instance = env.create_exec(env.idle_container(), "sh", "-c", "echo ready; read go", AttachStdin=True)
    start = {"Detach": False, "Tty": False}
    with env.client.hijack("POST", f"/exec/{instance}/start", json=start) as started:
        wait_for_output(started, b"ready")
        yield instance
        try:
            started.send(b"go\n")
            started.end_input()
            started.rest()
        except (AssertionError, DaemonFault) as error:
            raise FixtureError(f"failed to end exec {instance}: {error}") from error
    wait_until(lambda: not env.get(f"/exec/{instance}/json")["Running"], f"exec {instance} to end")
