"""The network endpoints: what the reference of API v1.21 says of their bodies and answers."""

import ipaddress
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance import ABSENT, adopt_if_created, array, assert_status, assert_type, at, since
from conformance.testing import KILLED_ON_STOP, assert_starts, run_created
from fixtures.parameters import SIGNS
from fixtures.rows import find_row


@since("reference/networks-create-empty-ipam")
@pytest.mark.parametrize(
    "ipam", [{}, {"Config": []}, {"Driver": "default"}], ids=["empty", "no config", "driver"]
)
def test_a_network_gets_a_subnet_where_ipam_gives_none(api, env, ipam):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "IPAM": ipam})

    assert_status(answer, 201)
    assert assert_type(env.get(f"/networks/{name}"), ("IPAM", "Config", 0, "Subnet"), str)


@since("reference/networks-inspect-containers")
@pytest.mark.parametrize("member", ["EndpointID", "MacAddress"])
def test_inspect_shows_how_a_container_is_connected(api, env, on_two_networks, member):
    network = on_two_networks.networks[0]
    settings = at(env.get(f"/containers/{on_two_networks.container}/json"), "NetworkSettings", "Networks")

    document = api.get(f"/networks/{network}").json()

    connected = at(document, "Containers", on_two_networks.container_id)
    assert assert_type(connected, member, str) == at(settings, network, member)


@since("reference/networks-inspect-containers")
def test_inspect_shows_the_address_with_its_prefix(api, env, on_two_networks):
    network = on_two_networks.networks[0]
    settings = at(env.get(f"/containers/{on_two_networks.container}/json"), "NetworkSettings", "Networks")[
        network
    ]

    document = api.get(f"/networks/{network}").json()

    address = at(document, "Containers", on_two_networks.container_id, "IPv4Address")
    assert address == f"{assert_type(settings, 'IPAddress', str)}/{assert_type(settings, 'IPPrefixLen', int)}"


@since("reference/networks-inspect-subnet")
def test_inspect_shows_the_subnet_of_a_network_that_was_given_none(api, on_two_networks):
    document = api.get(f"/networks/{on_two_networks.networks[0]}").json()

    assert assert_type(document, ("IPAM", "Config", 0, "Subnet"), str).count("/") == 1


@since("reference/networks-predefined")
@pytest.mark.parametrize("driver", ["bridge", "host", "null"])
def test_list_has_the_predefined_network_of_the_driver(api, driver):
    rows = array(api.get("/networks").json())

    name = {"null": "none"}.get(driver, driver)
    assert (name, driver) in [(at(row, "Name"), at(row, "Driver")) for row in rows]


@since("reference/networks-delete-in-use")
def test_a_network_with_a_running_container_stays(api, env, run_on_network):
    network = env.create_network()
    run_on_network(network)

    answer = api.delete(f"/networks/{network}")

    assert answer.status >= 400, f"expected a refusal, got {answer.status}"
    assert_status(env.client.get(f"/networks/{network}"), 200)


@since("reference/networks-freed")
def test_a_network_is_removed_once_its_container_is_gone(api, env):
    network = env.create_network()
    name = env.create_container(
        "sleep", "86400", HostConfig={"NetworkMode": network}, start=True, **KILLED_ON_STOP
    )
    env.require(env.client.delete(f"/containers/{name}", {"force": 1}))
    left = at(env.get(f"/networks/{network}"), "Containers")

    answer = api.delete(f"/networks/{network}")

    assert not left, "the network still lists the container"
    assert answer.status in (200, 204), f"expected that the network is removed, got {answer.status}"
    assert_status(env.client.get(f"/networks/{network}"), 404)


@since("reference/networks-addresses-freed")
def test_the_address_of_a_container_that_is_gone_is_given_again(api, env, free_subnet):
    subnet, _ = free_subnet.subnets(1)
    network = env.create_network(IPAM={"Config": [{"Subnet": str(subnet)}]})

    statuses = []
    for _ in range(7):  # there are six addresses
        name = env.create_container("true", HostConfig={"NetworkMode": network})
        statuses.append(api.post(f"/containers/{name}/start").status)
        env.wait_for_exit(name)
        env.require(env.client.delete(f"/containers/{name}"))

    assert statuses == [204] * 7


@since("reference/networks-addresses-differ")
def test_containers_that_are_started_at_once_have_addresses_of_their_own(api, env):
    network = env.create_network()
    names = [
        env.create_container("sleep", "86400", HostConfig={"NetworkMode": network}, **KILLED_ON_STOP)
        for _ in range(4)
    ]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda name: api.apart().post(f"/containers/{name}/start"), names))

    assert [answer.status for answer in answers] == [204] * 4
    addresses = {address_on(env, name, network) for name in names}
    assert len(addresses) == 4 and "" not in addresses, f"expected four addresses, got {sorted(addresses)}"


@since("reference/networks-connect-again")
def test_a_second_connection_leaves_the_first(api, env, run_on_network):
    network = env.create_network()
    container = run_on_network(network)
    path = f"/containers/{container}/json"
    before = at(env.get(path), "NetworkSettings", "Networks", network, "IPAddress")

    api.post(f"/networks/{network}/connect", json={"Container": container})

    assert at(env.get(path), "NetworkSettings", "Networks", network, "IPAddress") == before
    assert len(at(env.get(f"/networks/{network}"), "Containers")) == 1


@since("reference/networks-connect-stopped")
def test_a_container_that_does_not_run_is_on_the_network_when_it_starts(api, env, addresses_inside):
    network = env.create_network()
    name = env.create_container("sleep", "86400", own_network=True, **KILLED_ON_STOP)

    answer = api.post(f"/networks/{network}/connect", json={"Container": name})

    assert_status(answer, 200)
    env.start(name)
    address = at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Networks", network, "IPAddress")
    assert address in [str(seen.ip) for seen in addresses_inside(name)]


@since("reference/networks-inspect-gateway")
@pytest.mark.parametrize("which", ["bridge", "own"])
def test_subnet_is_a_network_and_the_gateway_an_address_in_it(api, local_network, which):
    document = api.get(f"/networks/{'bridge' if which == 'bridge' else local_network}").json()

    assert_subnets_have_gateways(document)
    assert which == "bridge" or at(document, "IPAM", "Config", 0, "Gateway"), "expected a gateway, got none"


@since("reference/networks-inspect-gateway")
@pytest.mark.needs("ipv6")
def test_subnet_of_ipv6_is_a_network_and_the_gateway_an_address_in_it(api, network_with_ipv6):
    document = api.get(f"/networks/{network_with_ipv6[0]}").json()

    assert_subnets_have_gateways(document)


def assert_subnets_have_gateways(network):
    rows = array(network, "IPAM", "Config")
    assert rows, "expected a subnet, got none"
    for row in rows:
        shown, gateway = assert_type(row, "Subnet", str), at(row, "Gateway")
        try:
            subnet = ipaddress.ip_network(shown)
            address = None if gateway in (ABSENT, "") else ipaddress.ip_address(gateway)
        except ValueError as error:
            raise AssertionError(f"IPAM.Config: {error}") from None
        assert address is None or address in subnet, f"the gateway {gateway} is not in {shown}"


@since("reference/networks-internal-inside")
def test_containers_of_an_internal_network_reach_each_other(api, env, run_on_network):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge", "Internal": True})

    assert_status(answer, 201)
    other = run_on_network(name)
    address = at(env.get(f"/containers/{other}/json"), "NetworkSettings", "Networks", name, "IPAddress")
    host = {"NetworkMode": name, "CapAdd": ["NET_RAW"]}
    caller = env.create_container("ping", "-c", "1", "-W", "5", str(address), HostConfig=host)
    assert env.start_and_wait(caller).exit_code == 0, f"{address} does not answer"


def find_addresses(env, network, name):
    """The addresses that a container of the network finds under a name."""
    asker = env.create_container("nslookup", name, HostConfig={"NetworkMode": network})
    return env.start_and_wait(asker).stdout.split()


def address_on(env, container, network):
    return at(env.get(f"/containers/{container}/json"), "NetworkSettings", "Networks", network, "IPAddress")


@since("reference/networks-aliases-create")
def test_a_container_is_found_by_an_alias_that_create_gave(api, env, local_network):
    name = env.reserve_name("container")
    alias = f"alias-{secrets.token_hex(4)}"

    body = env.container_body("sleep", "86400", HostConfig={"NetworkMode": local_network}, **KILLED_ON_STOP)
    endpoints = {local_network: {"Aliases": [alias]}}
    answer = api.post(
        "/containers/create",
        {"name": name},
        json={**body, "NetworkingConfig": {"EndpointsConfig": endpoints}},
    )

    assert_status(answer, 201)
    assert_starts(env, name)
    assert address_on(env, name, local_network) in find_addresses(env, local_network, alias)


@since("reference/networks-aliases-connect")
@pytest.mark.parametrize("running", [True, False], ids=["running", "not started"])
def test_a_container_is_found_by_an_alias_that_connect_gave(api, env, local_network, running):
    alias = f"alias-{secrets.token_hex(4)}"
    name = env.create_container("sleep", "86400", start=running, own_network=True, **KILLED_ON_STOP)

    answer = api.post(
        f"/networks/{local_network}/connect",
        json={"Container": name, "EndpointConfig": {"Aliases": [alias]}},
    )

    assert_status(answer, 200)
    if not running:
        assert_starts(env, name)
    assert address_on(env, name, local_network) in find_addresses(env, local_network, alias)


@since("reference/networks-labels-combined")
def test_several_labels_leave_the_networks_that_have_all_of_them(api, env):
    def make():
        key = f"mark-{secrets.token_hex(4)}"
        return key, [
            env.create_network(Labels={**env.labels, **labels})
            for labels in ({key: "", f"{key}.b": ""}, {key: ""}, {f"{key}.b": ""})
        ]

    key, networks = env.share("networks with one and two labels", make)

    rows = array(api.get("/networks", {"filters": {"label": [key, f"{key}.b"]}}).json())

    names = [at(row, "Name") for row in rows]
    assert [network in names for network in networks] == [True, False, False]


@since("reference/networks-filter-label-signs")
@pytest.mark.parametrize("value", SIGNS, ids=repr)
def test_a_value_with_signs_leaves_the_network_that_has_it(api, env, value):
    def make():
        key = f"mark-{secrets.token_hex(4)}"
        return key, [
            env.create_network(Labels={**env.labels, key: label}) for label in (value, f"{value}-other")
        ]

    key, networks = env.share(("networks with a label", value), make)

    rows = array(api.get("/networks", {"filters": {"label": [f"{key}={value}"]}}).json())

    names = [at(row, "Name") for row in rows]
    assert [network in names for network in networks] == [True, False]


@since("reference/networks-labels-empty")
def test_a_label_without_a_value_is_kept(api, env):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "Labels": {**env.labels, "colour": ""}})

    assert_status(answer, 201)
    assert at(api.get(f"/networks/{name}").json(), "Labels", "colour") == ""


@since("reference/networks-overlay-ipv4")
def test_an_overlay_network_says_that_it_has_ipv4(swarm, overlay):
    document = swarm.api.get(f"/networks/{overlay.network}").json()

    assert at(document, "EnableIPv4") is True


@since("reference/networks-list-maps")
@pytest.mark.parametrize("look", ["list", "inspect"])
@pytest.mark.parametrize("member", ["Options", "Labels"])
def test_a_network_without_options_and_labels_has_empty_objects(api, env, look, member):
    def make():
        name = env.reserve_name("network")
        env.post("/networks/create", json={"Name": name})
        return name

    name = env.share("network without labels", make)

    if look == "list":
        shown = find_row(array(api.get("/networks").json()), "Name", name)
    else:
        shown = api.get(f"/networks/{name}").json()

    assert_type(shown, member, dict)


@since("reference/networks-predefined-inspect")
@pytest.mark.parametrize(("name", "driver"), [("bridge", "bridge"), ("host", "host"), ("none", "null")])
def test_a_predefined_network_is_described(api, name, driver):
    answer = api.get(f"/networks/{name}")

    assert_status(answer, 200)
    document = answer.json()
    assert (at(document, "Name"), at(document, "Driver")) == (name, driver)


@since("reference/networks-connect-keeps-ports")
def test_published_ports_stay_when_a_container_is_connected_to_a_second_network(api, env):
    first, second = env.create_network(), env.create_network()
    host = {"NetworkMode": first, "PortBindings": {"7/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}}
    name = env.create_container(
        "sleep", "86400", start=True, ExposedPorts={"7/tcp": {}}, HostConfig=host, **KILLED_ON_STOP
    )
    answer = api.post(f"/networks/{second}/connect", json={"Container": name})

    assert_status(answer, 200)
    [binding] = array(api.get(f"/containers/{name}/json").json(), "NetworkSettings", "Ports", "7/tcp")
    assert at(binding, "HostIp") == "127.0.0.1"


@since("reference/networks-disconnect-leaves-others")
def test_a_container_stays_on_its_other_networks(api, env, addresses_inside):
    first, second = env.create_network(), env.create_network()
    name = env.create_container(
        "sleep", "86400", HostConfig={"NetworkMode": first}, start=True, **KILLED_ON_STOP
    )
    env.post(
        f"/networks/{second}/connect", json={"Container": name, "EndpointConfig": {"Aliases": ["colour"]}}
    )
    address = address_on(env, name, second)

    answer = api.post(f"/networks/{first}/disconnect", json={"Container": name})

    assert_status(answer, 200)
    assert address in {str(interface.ip) for interface in addresses_inside(name)}
    assert set(at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Networks")) == {second}
    assert address in find_addresses(env, second, "colour")


@since("reference/networks-links")
def test_a_container_finds_another_by_the_alias_of_a_link(api, env, local_network):
    other = env.create_container(
        "sleep", "86400", HostConfig={"NetworkMode": local_network}, start=True, **KILLED_ON_STOP
    )
    name = env.reserve_name("container")
    body = env.container_body("nslookup", "linked", HostConfig={"NetworkMode": local_network})
    endpoints = {local_network: {"Links": [f"{other}:linked"]}}

    answer = api.post(
        "/containers/create",
        {"name": name},
        json={**body, "NetworkingConfig": {"EndpointsConfig": endpoints}},
    )

    assert_status(answer, 201)
    assert address_on(env, other, local_network) in env.start_and_wait(name).stdout.split()


@since("reference/networks-create-by-id")
def test_the_network_of_a_new_container_is_named_by_its_id(api, env, local_network):
    network = at(env.get(f"/networks/{local_network}"), "Id")
    name, alias = env.reserve_name("container"), f"alias-{secrets.token_hex(4)}"
    body = env.container_body("sleep", "86400", HostConfig={"NetworkMode": network}, **KILLED_ON_STOP)

    answer = api.post(
        "/containers/create",
        {"name": name},
        json={**body, "NetworkingConfig": {"EndpointsConfig": {network: {"Aliases": [alias]}}}},
    )

    assert_status(answer, 201)
    assert_starts(env, name)
    networks = at(env.get(f"/containers/{name}/json"), "NetworkSettings", "Networks")
    assert len(networks) == 1, f"expected one network, got {sorted(networks)}"
    (address,) = [at(settings, "IPAddress") for settings in networks.values()]
    assert address in find_addresses(env, local_network, alias)


@since("reference/networks-create-overlay-outside")
def test_an_overlay_network_is_forbidden_outside_of_a_swarm(alone):
    name = alone.env.reserve_name("network")

    answer = alone.api.post("/networks/create", json={"Name": name, "Driver": "overlay"})

    adopt_if_created(alone.env, "network", answer)
    assert_status(answer, 403)


@since("reference/networks-list-row")
@pytest.mark.parametrize("member", ["Name", "Id", "Scope", "Driver", "IPAM", "Options"])
def test_a_row_describes_a_network_as_inspect_does(api, on_two_networks, member):
    network = on_two_networks.networks[0]
    document = api.get(f"/networks/{network}").json()

    row = find_row(array(api.get("/networks").json()), "Name", network)

    assert at(row, member) == at(document, member) is not ABSENT


@since("reference/networks-ip-range")
def test_containers_get_their_addresses_from_the_range(api, env, free_subnet, run_on_network):
    name = env.reserve_name("network")
    part = list(free_subnet.subnets(1))[1]
    config = {"Subnet": str(free_subnet), "IPRange": str(part), "Gateway": str(free_subnet[1])}

    answer = api.post(
        "/networks/create", json={"Name": name, "Driver": "bridge", "IPAM": {"Config": [config]}}
    )

    assert_status(answer, 201)
    shown = [address_on(env, run_on_network(name), name) for _ in range(2)]
    addresses = {str(address) for address in part}
    assert [address in addresses for address in shown] == [True, True]
    assert shown[0] != shown[1]


@since("reference/networks-endpoint-links")
def test_a_container_is_found_by_the_alias_of_a_link_on_that_network(api, env, local_network, run_on_network):
    other = env.share("container to link to on a network", lambda: run_on_network(local_network))
    name, alias = env.reserve_name("container"), f"alias-{secrets.token_hex(4)}"
    body = env.container_body("nslookup", alias, HostConfig={"NetworkMode": local_network})
    endpoints = {local_network: {"Links": [f"{other}:{alias}"]}}

    answer = api.post(
        "/containers/create",
        {"name": name},
        json={**body, "NetworkingConfig": {"EndpointsConfig": endpoints}},
    )

    assert_status(answer, 201)
    assert address_on(env, other, local_network) in run_created(env, name).stdout.split()
