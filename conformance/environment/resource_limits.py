"""Limits for containers and builds, and what a process of each finds of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from conformance.engine.identity import Daemon
from conformance.environment import cgroup_limits
from conformance.environment.batch import Answered, Values, at_once, created, not_created, seen
from conformance.environment.container_runs import run_created
from conformance.environment.environment import Environment
from conformance.environment.images import BuildContexts, read_image_file
from conformance.environment.proc_files import SHOW_STATUS, read_status
from conformance.environment.shared_exchange import Ahead
from conformance.http.client import Client
from conformance.http.messages import Response
from conformance.http.progress_stream import progress_error
from conformance.model.errors import FixtureError

MIB = 1024 * 1024
Table = dict[str, tuple[Any, str]]

#: What one build is asked for, and the capability that each needs.
_BUILD: Table = {
    "memory": (64 * MIB, "memory-cgroup"),
    "memswap": (96 * MIB, "swap-accounting"),
    "cpushares": (512, "cpu-shares"),
    "cpusetcpus": ("0", "cpuset"),
    "cpuperiod": (50_000, "cpu-cfs"),
    "cpuquota": (20_000, "cpu-cfs"),
}
#: The same of a container, at the top of the body, as up to API v1.17.
_TOP: Table = {
    "Memory": (64 * MIB, "memory-cgroup"),
    "MemorySwap": (96 * MIB, "swap-accounting"),
    "CpuShares": (300, "cpu-shares"),
}
#: And in HostConfig.
_HOST: Table = {
    **_TOP,
    "CpuPeriod": (50_000, "cpu-cfs"),
    "CpuQuota": (20_000, "cpu-cfs"),
    "MemoryReservation": (32 * MIB, "memory-cgroup"),
    "MemorySwappiness": (100, "memory-cgroup-v1"),
    "OomKillDisable": (True, "memory-cgroup-v1"),
    "OomScoreAdj": (321, ""),
}


class LimitedBuilds:
    """Builds with limits in the version of `api`, and what a process of each finds."""

    def __init__(self, env: Environment, build_context: BuildContexts, daemon: Daemon, api: Client) -> None:
        self._env, self._recipe, self._daemon, self._api = env, build_context, daemon, api

    def __call__(self, **query: Any) -> cgroup_limits.Limits:
        """The limits in a build that is asked for these at least. A build that does not succeed is a failed check."""
        every = _possible(self._daemon, _BUILD)
        return cgroup_limits.read(
            at_once(self._env, self._api, "limits in a build", query, every, self._build, _not_built)
        )

    def _build(self, query: Values) -> Answered[str]:
        name = self._env.reserve_name("image")
        context = self._recipe(f"RUN ( {cgroup_limits.PROBE} ) > /limits")
        build = Ahead(self._api, "POST", "/build", {"t": name, "nocache": 1, **query}, **context)
        return seen(build, _not_built, lambda: read_image_file(self._env, name, "/limits"))


def _not_built(answer: Response) -> str:
    why = progress_error(answer)
    return f"the build fails: {why}" if why else ""


class LimitedContainers:
    """Containers with limits in the version of `api`, and what the process of each finds."""

    def __init__(self, env: Environment, daemon: Daemon, api: Client) -> None:
        self._env, self._daemon, self._api = env, daemon, api

    def __call__(self, **host: Any) -> cgroup_limits.Limits:
        """The limits in a container whose HostConfig has these members at least. One that does not start is a failed check."""
        every = self._every(
            _HOST, lambda: {"CpusetCpus": cpus(self._env)[-1], "CpusetMems": nodes(self._env)[0]}
        )
        return self._find("limits", host, every, lambda members: self._run({"HostConfig": members}))

    def at_the_top(self, **members: Any) -> cgroup_limits.Limits:
        """The same of members at the top of the body."""
        return self._find(
            "limits at the top",
            members,
            self._every(_TOP, lambda: {"Cpuset": cpus(self._env)[-1]}),
            self._run,
        )

    def _every(self, table: Table, sets: Callable[[], Values]) -> Values:
        every = _possible(self._daemon, table)
        if not self._daemon.missing("cpuset"):
            with suppress(FixtureError):  # the others can be asked for without them
                every |= sets()
        return every

    def _find(
        self, key: str, wanted: Values, every: Values, ask: Callable[[Values], Answered[str]]
    ) -> cgroup_limits.Limits:
        return cgroup_limits.read(at_once(self._env, self._api, key, wanted, every, ask, not_created))

    def _run(self, members: Values) -> Answered[str]:
        body = self._env.container_body("sh", "-c", cgroup_limits.PROBE, **members)
        return created(
            self._env, self._api, body, lambda name: run_created(self._env, name, must_write=True).stdout
        )


def _possible(daemon: Daemon, table: Table) -> Values:
    return {name: value for name, (value, need) in table.items() if not need or not daemon.missing(need)}


def cpus(env: Environment) -> list[str]:
    """CPUs that containers may use here, ascending: the first and the last are among them."""
    return _edges(env, "Cpus_allowed_list")


def nodes(env: Environment) -> list[str]:
    """Memory nodes that containers may use here, ascending: the first and the last are among them."""
    return _edges(env, "Mems_allowed_list")


def _edges(env: Environment, name: str) -> list[str]:
    def look() -> list[str]:
        return (
            read_status(env.execute(env.idle_container(), *SHOW_STATUS).stdout, name)
            .replace("-", ",")
            .split(",")
        )

    return env.share(("edges", name), look)
