"""Limits for the containers of a build: one build is asked for all of them, as long as the daemon takes them together."""

from __future__ import annotations

from typing import Any

from conformance import limits
from conformance.client import Client
from conformance.daemons.identity import Daemon
from conformance.messages import failure
from conformance.stage.ahead import Ahead
from conformance.stage.images import Recipes, content
from conformance.stage.scene import Stage

_MB = 1024 * 1024
#: What the one build is asked for, and the capability that each needs.
TOGETHER: dict[str, tuple[Any, str]] = {
    "memory": (64 * _MB, "memory-cgroup"),
    "memswap": (96 * _MB, "swap-accounting"),
    "cpushares": (512, "cpu-shares"),
    "cpusetcpus": ("0", "cpuset"),
    "cpuperiod": (50_000, "cpu-cfs"),
    "cpuquota": (20_000, "cpu-cfs"),
}


class LimitedBuilds:
    """Builds with limits in the version of `api`, and what a process of each finds."""

    def __init__(self, stage: Stage, recipe: Recipes, daemon: Daemon, api: Client) -> None:
        self._stage, self._recipe, self._daemon, self._api = stage, recipe, daemon, api

    def __call__(self, **query: Any) -> limits.Limits:
        """The limits in a build that is asked for these at least. A build that does not succeed is a failed check."""
        everything = {
            name: value
            for name, (value, need) in TOGETHER.items()
            if not need or not self._daemon.missing(need)
        }
        if query.items() <= everything.items():
            build, found = self._stage.shared(
                ("limits in a build", self._api.version), lambda: self._build(everything)
            )
            # the limit in question may be fine where another one is refused
            if found is not None:
                build.answer(self._api)
                return limits.read(found)
        build, found = self._build(query)
        why = failure(build.answer(self._api))
        assert not why, f"the build fails: {why}"
        return limits.read(found)

    def _build(self, query: dict[str, Any]) -> tuple[Ahead, str | None]:
        """The request, and what its process wrote if it succeeded."""
        name = self._stage.name("image")
        context = self._recipe(f"RUN ( {limits.PROBE} ) > /limits")
        build = Ahead(self._api, "POST", "/build", {"t": name, "nocache": 1, **query}, **context)
        answer = build.wait()
        good = answer is not None and failure(answer) == ""
        return build, content(self._stage, name, "/limits") if good else None
