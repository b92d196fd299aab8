"""The steps of the scenario, in their order: what scripts and tools do with a daemon in a day's work.

A step has the operation that it is about, which says in which API versions there is such a step, and the steps without whose
success it cannot be tried.
"""

from __future__ import annotations

from typing import NamedTuple

from conformance.catalogue.operations import operations
from conformance.model.versions import ApiVersion


class Step(NamedTuple):
    """A step; each client has a method of its name, with underscores."""

    name: str
    operation: str
    needs: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The name of the method of a client."""
        return self.name.replace("-", "_")


STEPS = (
    Step("ping", "GET /_ping"),
    Step("version", "GET /version"),
    Step("info", "GET /info"),
    Step("import-image", "POST /images/create"),
    Step("list-images", "GET /images/json", ("import-image",)),
    Step("inspect-image", "GET /images/(name)/json", ("import-image",)),
    Step("tag-image", "POST /images/(name)/tag", ("import-image",)),
    Step("create", "POST /containers/create"),
    Step("list-containers", "GET /containers/json", ("create",)),
    Step("inspect-container", "GET /containers/(id)/json", ("create",)),
    Step("start", "POST /containers/(id)/start", ("create",)),
    Step("exec", "POST /exec/(id)/start", ("start",)),
    Step("top", "GET /containers/(id)/top", ("start",)),
    Step("stats", "GET /containers/(id)/stats", ("start",)),
    Step("copy-in", "PUT /containers/(id)/archive", ("create",)),
    Step("copy-out", "GET /containers/(id)/archive", ("create",)),
    Step("attach", "POST /containers/(id)/attach"),
    Step("logs", "GET /containers/(id)/logs", ("start",)),
    Step("events", "GET /events", ("start",)),
    Step("pause", "POST /containers/(id)/pause", ("start",)),
    Step("rename", "POST /containers/(id)/rename", ("create",)),
    Step("stop", "POST /containers/(id)/stop", ("start",)),
    Step("wait", "POST /containers/(id)/wait", ("start",)),
    Step("commit", "POST /commit", ("create",)),
    Step("build", "POST /build"),
    Step("volume", "POST /volumes/create"),
    Step("network", "POST /networks/create"),
    Step("remove", "DELETE /containers/(id)", ("create",)),
    Step("remove-image", "DELETE /images/(name)", ("import-image",)),
)


def steps_of(version: ApiVersion) -> list[Step]:
    """The steps that there are in an API version: those whose operation a document of that version has."""
    return [step for step in STEPS if version in operations()[step.operation]]
