"""The stage of the networks and drivers that API v1.21 brought."""

import contextlib
import functools
import ipaddress
import time
from typing import NamedTuple

import pytest

from conformance import at
from conformance.errors import StageError
from conformance.stage.ahead import Ahead


class Joined(NamedTuple):
    """A running container and the two networks that it is connected to."""

    container: str
    container_id: str
    networks: tuple[str, str]
    network_id: str


@pytest.fixture
def joined(stage):
    """A container on two networks; it is only looked at."""

    def make():
        first, second = stage.network(), stage.network()
        name = on_network(stage, first)
        stage.post(f"/networks/{second}/connect", json={"Container": name})
        ids = [at(stage.get(path), "Id") for path in (f"/containers/{name}/json", f"/networks/{first}")]
        return Joined(name, ids[0], (first, second), ids[1])

    return stage.shared("container on two networks", make)


def on_network(stage, network):
    """The name of a running container on a network."""
    return stage.container(
        "sleep", "86400", start=True, StopSignal="SIGKILL", HostConfig={"NetworkMode": network}
    )


@pytest.fixture
def runner(stage):
    """Makes a running container on a network; returns its name."""
    return lambda network: on_network(stage, network)


@pytest.fixture
def addresses(stage):
    """Tells the IPv4 addresses, with their prefix length, that a running container's process sees."""

    def look(container):
        shown = stage.execute(container, "ip", "-o", "-4", "addr", "show").out
        return {ipaddress.ip_interface(line.split()[3]) for line in shown.splitlines()}

    return look


@pytest.fixture
def subnets(stage):
    """Tells the IPv4 subnets of a network."""

    def look(network):
        configs = at(stage.get(f"/networks/{network}"), "IPAM", "Config") or []
        return [net for config in configs if (net := ipaddress.ip_network(at(config, "Subnet"))).version == 4]

    return look


@pytest.fixture
def eventually():
    """Tells whether a condition comes true within 10 seconds."""

    def watch(condition):
        ends = time.monotonic() + 10
        while not condition():
            if time.monotonic() > ends:
                return False
            time.sleep(0.02)
        return True

    return watch


class UnknownDrivers(NamedTuple):
    """Requests that name a driver which nobody has, by API version; `names` are those of what they ask for."""

    networks: dict
    volumes: dict
    containers: dict
    older_containers: dict
    names: dict


@pytest.fixture
def unknown_drivers(stage, conformance_session):
    """The requests of UnknownDrivers, sent in every version of the run."""
    return stage.shared("unknown drivers", lambda: _ask_for_unknown_drivers(stage, conformance_session))


def _ask_for_unknown_drivers(stage, session):
    asked = UnknownDrivers({}, {}, {}, {}, {})
    for version in filter(session.daemon.serves, session.versions):
        api = session.api(version)
        network, volume, container, older = (
            stage.name(kind) for kind in ("network", "volume", "container", "container")
        )
        # Each its own driver: an engine looks for the same one only once at a time.
        body = {"Image": stage.image, "Cmd": ["true"], "Labels": stage.labels, "Volumes": {"/data": {}}}
        none = {"NetworkMode": "none"}
        new_place, old_place = (
            {**body, "HostConfig": {**none, "VolumeDriver": container}},
            {**body, "VolumeDriver": older},
        )
        asked.networks[version] = Ahead(
            api, "POST", "/networks/create", json={"Name": network, "Driver": network}
        )
        asked.volumes[version] = Ahead(
            api, "POST", "/volumes/create", json={"Name": volume, "Driver": volume}
        )
        asked.containers[version] = Ahead(
            api, "POST", "/containers/create", {"name": container}, json=new_place
        )
        asked.older_containers[version] = Ahead(
            api, "POST", "/containers/create", {"name": older}, json={**old_place, "HostConfig": none}
        )
        asked.names[version] = {"network": network, "volume": volume, "container": container, "older": older}
    return asked


@functools.cache
def _unknown_drivers_are_wanted(session):
    return any("unknown_drivers" in getattr(item, "fixturenames", ()) for item in session.items)


@pytest.fixture(autouse=True)
def _ask_early(request):
    """Send the requests for unknown drivers with the first check of this folder if a later one wants the answers."""
    if _unknown_drivers_are_wanted(request.session):
        with contextlib.suppress(StageError):
            request.getfixturevalue("unknown_drivers")
