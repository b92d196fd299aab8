"""What came of a container that a check's own request made, started, or was to leave as it is.

What is wrong with such a container is the daemon's answer to the claim: a failed check, not an environment that could not be set.
"""

from __future__ import annotations

from typing import Any

from conformance.environment.environment import Environment, ProcessResult
from conformance.environment.processes import KILLED_ON_STOP, is_running
from conformance.http.documents import at

_MOST_HARMED = 200


def run_created(env: Environment, name: str, *, must_write: bool = False) -> ProcessResult:
    """Start a container that the check's own request has created, and return what its process wrote; see Environment.finished."""
    assert_starts(env, name)
    return env.wait_for_end(name, must_write=must_write)


def assert_starts(env: Environment, name: str) -> None:
    """Start a container that the check's own request has created."""
    answer = env.client.post(f"/containers/{name}/start")
    assert answer.ok, f"the container cannot be started as it was created: {answer.status} {answer.error}"


def finish_started(env: Environment, name: str) -> ProcessResult:
    """Wait for the end of a container that the check's own request has started, and return what its process wrote."""
    state = at(env.get(f"/containers/{name}/json"), "State.Status")
    assert state != "created", "the container has not been started"
    return env.wait_for_end(name)


def start_body(env: Environment, **members: Any) -> dict[str, Any]:
    """A host configuration for a start request: `members`, and the network that ``Environment.body`` gives at create.

    A host configuration takes the place of that of create, and a start on a network of its own takes three times as long.
    """
    return {"NetworkMode": f"container:{env.idle_container()}", **members}


def unchanged_container(env: Environment, *, running: bool, purpose: object = None) -> str:
    """The id of a container that endures what checks ask of it; one that came to harm gets a successor.

    With `running` its process runs; else it was never started. Shared by checks whose claim is that nothing happens to it,
    or by those that name the same purpose, where what one asks may be kept in the container for the next.
    """

    def make() -> str:
        name = env.create_container("sleep", "86400", start=running, **KILLED_ON_STOP)
        return str(env.get(f"/containers/{name}/json")["Id"])

    key = ("unharmed", running, purpose)
    return env.share_while(key, make, lambda made: is_running(env, made) is running, _MOST_HARMED)
