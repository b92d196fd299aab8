"""Containers that a request under test created, started, or must leave unchanged.

A fault of such a container fails the check (AssertionError); it is not a fault of the environment.
"""

from __future__ import annotations

from typing import Any

from conformance.environment.environment import Environment, ProcessResult
from conformance.environment.processes import KILLED_ON_STOP, is_running
from conformance.http.documents import at

_ATTEMPTS = 200


def run_created(env: Environment, name: str, *, must_write: bool = False) -> ProcessResult:
    """Start a container that the request under test created and return the result of its process; see wait_for_end()."""
    assert_starts(env, name)
    return env.wait_for_end(name, must_write=must_write)


def assert_starts(env: Environment, name: str) -> None:
    """Start a container that the request under test created."""
    answer = env.client.post(f"/containers/{name}/start")
    assert answer.ok, f"starting the new container: expected success, got {answer.status}: {answer.error}"


def finish_started(env: Environment, name: str) -> ProcessResult:
    """Wait until a container that the request under test started exits; returns the result of its process."""
    state = at(env.get(f"/containers/{name}/json"), "State.Status")
    assert state != "created", "the container was not started"
    return env.wait_for_end(name)


def start_body(env: Environment, **members: Any) -> dict[str, Any]:
    """A host configuration for a start request: `members`, and network and log of ``Environment.container_body``.

    It replaces the host configuration of the create request; a start with a new network takes three times as long.
    """
    return {**env.joined_network(), **env.readable_log(), **members}


def unchanged_container(env: Environment, *, running: bool, purpose: object = None) -> str:
    """The id of a shared container that checks must leave unchanged; it is recreated if one did not.

    With `running` its process runs; otherwise it was never started. Checks that leave traces in it give a `purpose`: each
    purpose has a container of its own.
    """

    def make() -> str:
        name = env.create_container("sleep", "86400", start=running, **KILLED_ON_STOP)
        return str(env.get(f"/containers/{name}/json")["Id"])

    key = ("unharmed", running, purpose)
    return env.share_while(key, make, lambda container: is_running(env, container) is running, _ATTEMPTS)
