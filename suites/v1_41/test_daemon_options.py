"""What only a daemon with an option shows, as API v1.41 documents it."""

import ipaddress

from conformance import assert_status, at, since
from conformance.testing import run_created


@since("1.41/info-defaultaddresspools")
def test_info_lists_the_address_pools(configured_engine):
    document = configured_engine.api.get("/info").json()

    pools = [(at(pool, "Base"), at(pool, "Size")) for pool in at(document, "DefaultAddressPools")]
    assert pools == [("10.213.0.0/16", 28)]


@since("1.41/networks-create-address-pool")
def test_network_gets_its_subnet_from_the_pool(configured_engine):
    api, env, _ = configured_engine
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name})

    assert_status(answer, 201)
    subnet = ipaddress.ip_network(at(env.get(f"/networks/{name}"), "IPAM", "Config", 0, "Subnet"))
    assert (subnet.subnet_of(ipaddress.ip_network("10.213.0.0/16")), subnet.prefixlen) == (True, 28)


@since("1.41/hostconfig-cgroupnsmode-option")
def test_container_has_the_cgroup_namespace_that_the_daemon_was_given(configured_engine):
    api, env, _ = configured_engine
    name = env.reserve_name("container")

    body = env.container_body("cat", "/proc/self/cgroup", HostConfig={"NetworkMode": "none"})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    paths = {line.split(":")[2] for line in run_created(env, name).stdout.splitlines()}
    assert paths == {"/"}
