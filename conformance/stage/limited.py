"""Limits for containers and builds: one is asked for all of them at once, as long as the daemon takes them together."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from conformance import limits
from conformance.client import Client
from conformance.daemons.identity import Daemon
from conformance.errors import StageError
from conformance.messages import failure
from conformance.process import STATUS, status
from conformance.stage.ahead import Ahead
from conformance.stage.claims import outcome
from conformance.stage.images import Recipes, content
from conformance.stage.scene import Stage
from conformance.wire import Response

MIB = 1024 * 1024
Values = dict[str, Any]

#: What one build is asked for, and the capability that each needs.
_BUILD: dict[str, tuple[Any, str]] = {
    "memory": (64 * MIB, "memory-cgroup"),
    "memswap": (96 * MIB, "swap-accounting"),
    "cpushares": (512, "cpu-shares"),
    "cpusetcpus": ("0", "cpuset"),
    "cpuperiod": (50_000, "cpu-cfs"),
    "cpuquota": (20_000, "cpu-cfs"),
}
#: The same of a container, at the top of the body, as up to API v1.17.
_TOP: dict[str, tuple[Any, str]] = {
    "Memory": (64 * MIB, "memory-cgroup"),
    "MemorySwap": (96 * MIB, "swap-accounting"),
    "CpuShares": (300, "cpu-shares"),
}
#: And in HostConfig.
_HOST: dict[str, tuple[Any, str]] = {
    **_TOP,
    "CpuPeriod": (50_000, "cpu-cfs"),
    "CpuQuota": (20_000, "cpu-cfs"),
    "MemoryReservation": (32 * MIB, "memory-cgroup"),
    "MemorySwappiness": (100, "memory-cgroup-v1"),
    "OomKillDisable": (True, "memory-cgroup-v1"),
    "OomScoreAdj": (321, ""),
}


class _Asked(NamedTuple):
    """The request, what the process wrote (None where it did not come to that), and why it did not."""

    request: Ahead
    text: str | None
    why: str = ""


class _Limited:
    """What a process finds that the version of `api` was asked to limit."""

    def __init__(self, stage: Stage, daemon: Daemon, api: Client) -> None:
        self._stage, self._daemon, self._api = stage, daemon, api

    def _possible(self, table: dict[str, tuple[Any, str]]) -> Values:
        return {name: value for name, (value, need) in table.items() if not need or not self._daemon.missing(need)}

    def _find(
        self,
        key: object,
        wanted: Values,
        every: Values,
        ask: Callable[[Values], _Asked],
        refusal: Callable[[Response], str],
    ) -> limits.Limits:
        """The limits where at least `wanted` was asked for. What was refused, or cannot be started, is a failed check."""
        asked = None
        if wanted.items() <= every.items():
            with suppress(StageError):
                asked = self._stage.shared((key, self._api.version), lambda: ask(every))
        if asked is None or asked.text is None:
            # the limit in question may be fine where another one is refused
            asked = ask(wanted)
        why = refusal(asked.request.answer(self._api)) or asked.why
        assert not why, why
        return limits.read(asked.text)


class LimitedBuilds(_Limited):
    """Builds with limits, and what a process of each finds."""

    def __init__(self, stage: Stage, recipe: Recipes, daemon: Daemon, api: Client) -> None:
        super().__init__(stage, daemon, api)
        self._recipe = recipe

    def __call__(self, **query: Any) -> limits.Limits:
        """The limits in a build that is asked for these at least. A build that does not succeed is a failed check."""
        return self._find("limits in a build", query, self._possible(_BUILD), self._build, _of_build)

    def _build(self, query: Values) -> _Asked:
        name = self._stage.name("image")
        context = self._recipe(f"RUN ( {limits.PROBE} ) > /limits")
        build = Ahead(self._api, "POST", "/build", {"t": name, "nocache": 1, **query}, **context)
        answer = build.wait()
        good = answer is not None and not failure(answer)
        return _Asked(build, content(self._stage, name, "/limits") if good else None)


def _of_build(answer: Response) -> str:
    why = failure(answer)
    return f"the build fails: {why}" if why else ""


class LimitedContainers(_Limited):
    """Containers with limits, and what the process of each finds."""

    def __call__(self, **host: Any) -> limits.Limits:
        """The limits in a container whose HostConfig has these members at least. One that does not start is a failed check."""
        return self._find("limits", host, self._every(_HOST, "CpusetCpus", "CpusetMems"), self._in_host_config, _of_create)

    def at_the_top(self, **members: Any) -> limits.Limits:
        """The same of members at the top of the body."""
        return self._find("limits at the top", members, self._every(_TOP, "Cpuset"), self._run, _of_create)

    def _every(self, table: dict[str, tuple[Any, str]], cpuset: str, mems: str = "") -> Values:
        sets = {cpuset: cpus(self._stage)[-1], mems: nodes(self._stage)[0]}
        return self._possible(table | {name: (value, "cpuset") for name, value in sets.items() if name})

    def _in_host_config(self, members: Values) -> _Asked:
        return self._run({"HostConfig": members})

    def _run(self, members: Values) -> _Asked:
        name = self._stage.name("container")
        body = self._stage.body("sh", "-c", limits.PROBE, **members)
        create = Ahead(self._api, "POST", "/containers/create", {"name": name}, json=body)
        answer = create.wait()
        if answer is None or _of_create(answer):
            return _Asked(create, None)
        try:
            return _Asked(create, outcome(self._stage, name).out)
        except AssertionError as error:
            return _Asked(create, None, str(error))


def _of_create(answer: Response) -> str:
    return "" if answer.status == 201 else f"the container is not created with 201 but {answer.status}: {answer.error}"


def cpus(stage: Stage) -> list[str]:
    """CPUs that containers may use here, ascending: the first and the last are among them."""
    return _edges(stage, "Cpus_allowed_list")


def nodes(stage: Stage) -> list[str]:
    """Memory nodes that containers may use here, ascending: the first and the last are among them."""
    return _edges(stage, "Mems_allowed_list")


def _edges(stage: Stage, name: str) -> list[str]:
    told = stage.shared("status of a process", lambda: stage.execute(stage.resting(), *STATUS).out)
    return status(told, name).replace("-", ",").split(",")
