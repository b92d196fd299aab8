"""IPv6 on the default network of a daemon that was given a subnet for it."""

import ipaddress
from typing import NamedTuple

import pytest

from conformance import assert_type, since
from conformance.testing import KILLED_ON_STOP
from fixtures.engines import Engine

SUBNET = ipaddress.ip_network("fd00:c0f:1::/64")
#: Writes the addresses of the first device: each is 32 digits.
SHOW = ("grep", "eth0", "/proc/net/if_inet6")


class Addressed(NamedTuple):
    """A running container with an address of IPv6, and the engine that it is on."""

    engine: Engine
    name: str


@pytest.fixture
def container_with_ipv6(further_engine):
    """A running container on the default network of a daemon with a subnet of IPv6; no check changes it."""
    engine = further_engine("ipv6", ["--ipv6", f"--fixed-cidr-v6={SUBNET}"])

    def make():
        host = {"NetworkMode": "bridge"}
        return engine.env.create_container("sleep", "86400", start=True, HostConfig=host, **KILLED_ON_STOP)

    return Addressed(engine, engine.env.share("container with IPv6", make))


@since("general/default-network-ipv6")
def test_address_is_that_of_the_device(container_with_ipv6):
    engine, name = container_with_ipv6

    document = engine.api.get(f"/containers/{name}/json").json()

    address = assert_type(document, "NetworkSettings.Networks.bridge.GlobalIPv6Address", str)
    rows = engine.env.execute(name, *SHOW).stdout.splitlines()
    found = {str(ipaddress.IPv6Address(int(row.split()[0], 16))) for row in rows}
    assert address in found, f"expected one of {sorted(found)}, got {address!r}"
    assert ipaddress.ip_address(address) in SUBNET


@since("general/default-network-ipv6")
def test_prefix_and_gateway_are_those_of_the_subnet(container_with_ipv6):
    engine, name = container_with_ipv6

    document = engine.api.get(f"/containers/{name}/json").json()

    where = "NetworkSettings.Networks.bridge"
    assert assert_type(document, f"{where}.GlobalIPv6PrefixLen", int) == SUBNET.prefixlen
    gateway = assert_type(document, f"{where}.IPv6Gateway", str)
    assert gateway, "expected a gateway, got none"
    assert ipaddress.ip_address(gateway) in SUBNET
