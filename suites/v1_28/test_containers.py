"""GET /containers/json, as API v1.28 changed it: filters for ports."""

import secrets
from typing import NamedTuple

import pytest

from conformance import array, at, since
from conformance.testing import KILLED_ON_STOP


class WithPorts(NamedTuple):
    """Two running containers: one publishes a port, `published` on both sides; the other only exposes `exposed`."""

    publishing: str
    exposing: str
    published: int
    exposed: int


@pytest.fixture
def with_ports(env):
    """Containers that publish and expose ports of TCP."""

    def make():
        published = 20_000 + 10 * secrets.randbelow(1000)
        exposed = published + 5
        ids = []
        for port, host in (
            (published, {"PortBindings": {f"{published}/tcp": [{"HostPort": str(published)}]}}),
            (exposed, {}),
        ):
            members = {"ExposedPorts": {f"{port}/tcp": {}}, "HostConfig": host}
            name = env.create_container(
                "sleep", "86400", start=True, own_network=True, **members, **KILLED_ON_STOP
            )
            ids.append(at(env.get(f"/containers/{name}/json"), "Id"))
        return WithPorts(*ids, published, exposed)

    return env.share("containers with ports", make)


def listed(answer):
    return [at(row, "Id") for row in array(answer.json())]


#: How a port is written, and whether one of TCP with that number is meant.
FORMS = pytest.mark.parametrize(
    ("form", "found"),
    [
        pytest.param("{}", True, id="number"),
        pytest.param("{}/tcp", True, id="protocol"),
        pytest.param("{}/udp", False, id="other protocol"),
        pytest.param("{before}-{after}/tcp", True, id="range"),
        pytest.param("{before}-{before}/tcp", False, id="other range"),
    ],
)


@since("1.28/containers-filter-publish")
@FORMS
def test_filter_leaves_the_containers_that_publish_the_port(api, with_ports, form, found):
    port = with_ports.published
    value = form.format(port, before=port - 2, after=port + 2)

    containers = listed(api.get("/containers/json", {"filters": {"publish": [value]}}))

    assert (with_ports.publishing in containers, with_ports.exposing in containers) == (found, False)


@since("1.28/containers-filter-publish")
def test_exposed_port_is_not_published(api, with_ports):
    containers = listed(api.get("/containers/json", {"filters": {"publish": [str(with_ports.exposed)]}}))

    assert with_ports.exposing not in containers


@since("1.28/containers-filter-expose")
@FORMS
def test_filter_leaves_the_containers_that_expose_the_port(api, with_ports, form, found):
    port = with_ports.exposed
    value = form.format(port, before=port - 2, after=port + 2)

    containers = listed(api.get("/containers/json", {"filters": {"expose": [value]}}))

    assert (with_ports.exposing in containers, with_ports.publishing in containers) == (found, False)
