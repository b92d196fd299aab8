"""Options of volumes and networks, and what containers on one network find, as the reference of API v1.21 describes them."""

import pytest

from conformance import array, assert_status, at, since
from conformance.testing import KILLED_ON_STOP, run_created

BRIDGE = "com.docker.network.driver.mtu"


@since("1.21/volumes-create-options")
def test_the_options_of_a_volume_reach_the_driver(api, env):
    name = env.reserve_name("volume")
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m,mode=710"}

    answer = api.post("/volumes/create", json={"Name": name, "DriverOpts": options})

    assert_status(answer, 201)
    script = "awk '$2 == \"/data\" {print $3}' /proc/mounts; stat -c %a /data; df -k /data | tail -n 1 | awk '{print $2}'"
    container = env.create_container("sh", "-c", script, HostConfig={"Binds": [f"{name}:/data"]})
    assert run_created(env, container, must_write=True).stdout.split() == ["tmpfs", "710", "1024"]


@since("1.21/networks-create-options")
def test_the_options_of_a_network_reach_the_driver(api, env):
    name = env.reserve_name("network")

    answer = api.post(
        "/networks/create", json={"Name": name, "Driver": "bridge", "Options": {BRIDGE: "1234"}}
    )

    assert_status(answer, 201)
    container = env.create_container("cat", "/sys/class/net/eth0/mtu", HostConfig={"NetworkMode": name})
    assert run_created(env, container, must_write=True).stdout == "1234\n"


@since("1.21/networks-create-options")
def test_inspect_has_the_options_of_the_network(api, env):
    name = env.reserve_name("network")
    body = {"Name": name, "Driver": "bridge", "Options": {BRIDGE: "1234"}}
    assert_status(api.post("/networks/create", json=body), 201)

    document = api.get(f"/networks/{name}").json()

    assert at(document, "Options")[BRIDGE] == "1234"


@since("1.21/networks-carry-traffic")
def test_containers_on_one_network_reach_each_other(api, env, run_on_network):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge"})

    assert_status(answer, 201)
    server = env.create_container(
        "sh",
        "-c",
        "while :; do echo hello | nc -l -p 7; done",
        start=True,
        HostConfig={"NetworkMode": name},
        **KILLED_ON_STOP,
    )
    address = at(env.get(f"/containers/{server}/json"), "NetworkSettings", "Networks", name, "IPAddress")
    call = f"for _ in $(seq 20); do nc -w 1 {address} 7 </dev/null && break; sleep 0.1; done"
    assert env.execute(run_on_network(name), "sh", "-c", call).stdout.startswith("hello\n")


@since("1.21/networks-filter-several")
@pytest.mark.parametrize("by", ["name", "id"])
def test_several_values_of_a_filter_leave_the_networks_of_each(api, env, three_networks, by):
    ids = [at(env.get(f"/networks/{name}"), "Id") for name in three_networks]
    values = list(three_networks) if by == "name" else ids

    rows = array(api.get("/networks", {"filters": {by: values[:2]}}).json())

    listed = [at(row, "Id") for row in rows]
    assert [network in listed for network in ids] == [True, True, False]


@since("1.21/networks-inspect-identity")
@pytest.mark.parametrize("by", ["name", "id"])
def test_a_network_is_found_by_name_and_by_id(api, env, local_network, by):
    network = at(env.get(f"/networks/{local_network}"), "Id")

    document = api.get(f"/networks/{local_network if by == 'name' else network}").json()

    assert (at(document, "Name"), at(document, "Id"), at(document, "Driver"), at(document, "Scope")) == (
        local_network,
        network,
        "bridge",
        "local",
    )
