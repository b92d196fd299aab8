"""What came of a container that a check's own request made, started, or was to leave as it is.

What is wrong with such a container is the daemon's answer to the claim: a failed check, not a stage that could not be set.
"""

from __future__ import annotations

from typing import Any

from conformance.environment.environment import Finished, Stage
from conformance.environment.processes import ENDLESS, is_running
from conformance.http.messages import at

_MOST_HARMED = 200


def outcome(stage: Stage, name: str, *, telling: bool = False) -> Finished:
    """Start a container that the check's own request has created, and return what its process wrote; see Stage.finished."""
    launch(stage, name)
    return stage.finished(name, telling=telling)


def launch(stage: Stage, name: str) -> None:
    """Start a container that the check's own request has created."""
    answer = stage.client.post(f"/containers/{name}/start")
    assert answer.ok, f"the container cannot be started as it was created: {answer.status} {answer.error}"


def ended(stage: Stage, name: str) -> Finished:
    """Wait for the end of a container that the check's own request has started, and return what its process wrote."""
    state = at(stage.get(f"/containers/{name}/json"), "State.Status")
    assert state != "created", "the container has not been started"
    return stage.finished(name)


def joined(stage: Stage, **members: Any) -> dict[str, Any]:
    """A host configuration for a start request: `members`, and the network that ``Stage.body`` gives at create.

    A host configuration takes the place of that of create, and a start on a network of its own takes three times as long.
    """
    return {"NetworkMode": f"container:{stage.resting()}", **members}


def unharmed(stage: Stage, *, running: bool, only_for: object = None) -> str:
    """The id of a container that endures what checks ask of it; one that came to harm gets a successor.

    With `running` its process runs; else it was never started. Shared by checks whose claim is that nothing happens to it,
    or by those that name the same purpose, where what one asks may be kept in the container for the next.
    """

    def make() -> str:
        name = stage.container("sleep", "86400", start=running, **ENDLESS)
        return str(stage.get(f"/containers/{name}/json")["Id"])

    key = ("unharmed", running, only_for)
    return stage.lasting(key, make, lambda made: is_running(stage, made) is running, _MOST_HARMED)
