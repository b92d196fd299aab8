"""The environment of the networks and drivers that API v1.21 brought."""

import ipaddress
from typing import NamedTuple

import pytest

from conformance import at
from conformance.environment import unknown_drivers


class Joined(NamedTuple):
    """A running container and the two networks that it is connected to."""

    container: str
    container_id: str
    networks: tuple[str, str]
    network_id: str


@pytest.fixture
def joined(env):
    """A container on two networks; it is only looked at."""

    def make():
        first, second = env.network(), env.network()
        name = on_network(env, first)
        env.post(f"/networks/{second}/connect", json={"Container": name})
        ids = [at(env.get(path), "Id") for path in (f"/containers/{name}/json", f"/networks/{first}")]
        return Joined(name, ids[0], (first, second), ids[1])

    return env.shared("container on two networks", make)


def on_network(env, network):
    """The name of a running container on a network."""
    return env.container(
        "sleep", "86400", start=True, StopSignal="SIGKILL", HostConfig={"NetworkMode": network}
    )


@pytest.fixture
def runner(env):
    """Makes a running container on a network; returns its name."""
    return lambda network: on_network(env, network)


@pytest.fixture
def addresses(env):
    """Tells the IPv4 addresses, with their prefix length, that a running container's process sees."""

    def look(container):
        shown = env.execute(container, "ip", "-o", "-4", "addr", "show").out
        return {ipaddress.ip_interface(line.split()[3]) for line in shown.splitlines()}

    return look


@pytest.fixture
def address_on(env):
    """Tells the IPv4 address, with its prefix length, that a network lists for a container that runs on it."""

    def look(network, container):
        container_id = at(env.get(f"/containers/{container}/json"), "Id")
        answer = env.client.get(f"/networks/{network}")
        assert answer.status == 200, f"the network is not there: {answer.status} {answer.error}"
        told = at(answer.json(), "Containers", container_id, "IPv4Address")
        assert isinstance(told, str) and told, f"the network lists the container with the address {told!r}"
        try:
            return ipaddress.ip_interface(told)
        except ValueError as error:
            raise AssertionError(f"the network lists the container with no address: {error}") from None

    return look


@pytest.fixture
def asked(env, api, worker):
    """Gives a request that names a driver which nobody has: the one that was sent with the first check of the run."""
    # A proof breaks the request of the case that runs, so it is to be sent then.
    ask = unknown_drivers.asked if worker.plan.front is None else unknown_drivers.ask
    return lambda kind: ask(env, api, kind)


@pytest.fixture
def asked_network(asked):
    """A request for a network whose driver nobody has."""
    return asked("network")


@pytest.fixture
def asked_volume(asked):
    """A request for a volume whose driver nobody has."""
    return asked("volume")


@pytest.fixture
def asked_container(asked):
    """A request for a container with a volume whose driver nobody has."""
    return asked("container")


@pytest.fixture
def asked_older_container(asked):
    """The same where the driver was named before API v1.21."""
    return asked("older_container")
