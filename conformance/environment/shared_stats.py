"""Statistics of one container, read by every version at the same time: a sample costs a second, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from conformance.catalogue import load
from conformance.environment.environment import Environment
from conformance.environment.event_recorder import OptionalSteps, Watch
from conformance.http import json_stream
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.errors import Malformed
from conformance.http.messages import Response
from conformance.model.errors import FixtureError

ON = ("1", "true", "True")
OFF = ("0", "false", "False")
MEMORY = 64 * 1024 * 1024
#: Uses the CPU a little for as long as it is looked at, then no more.
_AWAKE = "for _ in $(seq 300); do sleep 0.1; done; sleep 86400"
#: Asks for a connection that nobody takes, so that each interface has sent and received something.
_CALL_AND_COUNT = 'for gateway; do nc -w 1 "$gateway" 9 </dev/null >/dev/null 2>&1; done; cat /proc/net/dev'


class ContainerStats:
    """The container's id and what was read of it.

    `interfaces` are its network interfaces without the loopback, as it sees them itself; `counted` are the bytes
    that each had received (``rx_bytes``) and sent (``tx_bytes``) by its own count before the statistics were asked for.
    """

    def __init__(
        self, env: Environment, asked: Iterable[tuple[Client, str | None]], container_limits: bool
    ) -> None:
        self._env = env
        self.steps = OptionalSteps()
        # Made before its container, as what was made last is removed first.
        network = self.steps.take("second interface", env.create_network)
        host = {"NetworkMode": "bridge", **({"Memory": MEMORY} if container_limits else {})}
        name = env.create_container("sh", "-c", _AWAKE, HostConfig=host, StopSignal="SIGKILL")
        self.container = str(env.get(f"/containers/{name}/json")["Id"])
        if network is not None:
            body = {"Container": self.container}
            self.steps.take("second interface", lambda: env.post(f"/networks/{network}/connect", json=body))
        env.start(name)
        before = dict(sorted(self._counters().items()))
        self.interfaces = set(before)
        self.steps.take("traffic", lambda: _some_of_each(before))
        self.counted = {
            "rx_bytes": {interface: numbers[0] for interface, numbers in before.items()},
            "tx_bytes": {interface: numbers[8] for interface, numbers in before.items()},
        }
        self._watches: dict[tuple[object, str | None], Watch] = {}
        path = f"/containers/{self.container}/stats"
        for client, stream in asked:
            watch = Watch(client, path, {"stream": stream}, enough=_two, seconds=20)
            self._watches[client.version, stream] = watch
        for watch in self._watches.values():
            watch.finish()

    def read(self, api: Client, stream: str | None = None) -> Response:
        """What the version of `api` answered with this value of ``stream`` (None: without it).

        Where it streams, it was left after two sets. Raises DaemonFault when there is no answer.
        """
        return self._watches[api.version, stream].answer(api)

    def _counters(self) -> dict[str, list[int]]:
        shown = self._env.get(f"/containers/{self.container}/json")
        networks = at(shown, "NetworkSettings.Networks") or {}
        gateways = [gateway for network in dict(networks).values() if (gateway := at(network, "Gateway"))]
        told = self._env.execute(self.container, "sh", "-c", _CALL_AND_COUNT, "sh", *gateways)
        lines = told.stdout.splitlines()[2:]
        rows = {name.strip(): numbers.split() for name, _, numbers in (line.partition(":") for line in lines)}
        return {
            name: [int(number) for number in numbers]
            for name, numbers in rows.items()
            if name.startswith("eth")
        }


def consume(env: Environment, clients: Sequence[Client], *, container_limits: bool) -> ContainerStats:
    """Start a container with two interfaces and ask for its statistics in the version of each client that may.

    The parameter ``stream`` is tried only in the versions that have it. `limited` gives it MEMORY bytes. Raises FixtureError; a second interface that cannot be had fails only its own step.
    """
    values: dict[str, tuple[str | None, ...]] = {
        "1.17/stats-stream": (None,),
        "1.19/stats-stream-default": ON,
        "1.19/stats-stream-false": OFF,
    }
    asked = [
        (client, value)
        for change, tried in values.items()
        for client in clients
        if client.version is not None and client.version in load()[change].window
        for value in tried
    ]
    return ContainerStats(env, asked, container_limits)


def _some_of_each(counters: dict[str, list[int]]) -> None:
    silent = [name for name, numbers in counters.items() if not numbers[0] or not numbers[8]]
    if silent:
        raise FixtureError(f"the container has sent or received nothing over {', '.join(silent)}")


def _two(body: bytes) -> bool:
    try:
        return len(json_stream.Reader().feed(body)) > 1
    except Malformed:
        return True
