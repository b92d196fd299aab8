"""The network endpoints, as API v1.21 added them: list, inspect, create and remove."""

import ipaddress

import pytest

from conformance import (
    adopt_if_created,
    after,
    array,
    assert_alive,
    assert_refused,
    assert_status,
    assert_success,
    assert_type,
    at,
    since,
)


def assert_describes(document, name, network_id):
    assert at(document, "Name") == name
    assert at(document, "Id") == network_id
    assert at(document, "Driver") == "bridge"
    assert assert_type(document, "Scope", str)
    assert_type(document, "IPAM", dict)
    assert_type(document, "Options", dict)


def inspect(env, name):
    """The network of that name as the newest version describes it; asserts that it exists."""
    answer = env.client.get(f"/networks/{name}")
    assert_status(answer, 200)
    return answer.json()


def row_of(answer, network_id):
    rows = array(answer.json())
    row = next((row for row in rows if at(row, "Id") == network_id), None)
    assert row is not None, f"expected the network in the list, got {len(rows)} others"
    return row


@since("1.21/networks-list")
def test_list_has_a_network_that_is_there(api, on_two_networks):
    answer = api.get("/networks")

    assert_status(answer, 200)
    assert_describes(
        row_of(answer, on_two_networks.network_id), on_two_networks.networks[0], on_two_networks.network_id
    )


@since("1.21/networks-list-containers")
def test_list_has_the_containers_of_a_network(api, on_two_networks):
    row = row_of(api.get("/networks"), on_two_networks.network_id)

    assert_type(row, ("Containers", on_two_networks.container_id), dict)


@since("1.21/networks-filter-name")
def test_filter_name_leaves_the_network_of_that_name(api, on_two_networks):
    first, second = on_two_networks.networks

    rows = array(api.get("/networks", {"filters": {"name": [first]}}).json())

    names = [at(row, "Name") for row in rows]
    assert (first in names, second in names, "bridge" in names) == (True, False, False)


@since("1.21/networks-filter-id")
def test_filter_id_leaves_the_network_of_that_id(api, on_two_networks):
    rows = array(api.get("/networks", {"filters": {"id": [on_two_networks.network_id]}}).json())

    assert [at(row, "Id") for row in rows] == [on_two_networks.network_id]


@since("1.21/networks-inspect")
@pytest.mark.parametrize("by", ["name", "id"])
def test_inspect_describes_the_network(api, on_two_networks, by):
    answer = api.get(
        f"/networks/{on_two_networks.networks[0] if by == 'name' else on_two_networks.network_id}"
    )

    assert_status(answer, 200)
    assert_describes(answer.json(), on_two_networks.networks[0], on_two_networks.network_id)


@since("1.21/networks-inspect")
def test_inspect_has_the_containers(api, on_two_networks, addresses_inside):
    document = api.get(f"/networks/{on_two_networks.networks[0]}").json()

    address = at(document, "Containers", on_two_networks.container_id, "IPv4Address")
    assert address in [str(seen) for seen in addresses_inside(on_two_networks.container)]


@since("1.21/networks-inspect-missing")
@pytest.mark.parametrize("what", ["name", "id"])
def test_inspect_of_an_unknown_network_is_not_found(api, env, what):
    answer = api.get(f"/networks/{env.prefix + 'unknown' if what == 'name' else 'f0' * 32}")

    assert_status(answer, 404)


@since("1.21/networks-create")
def test_create_makes_a_network(api, env):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge"})

    assert_status(answer, 201)
    document = answer.json()
    assert_type(document, "Warning", str)
    assert_describes(inspect(env, name), name, at(document, "Id"))


@since("1.21/networks-create")
def test_a_container_gets_an_address_on_it(api, env, run_on_network, addresses_inside, listed_address):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge"})

    assert_status(answer, 201)
    container = run_on_network(name)
    assert listed_address(name, container) in addresses_inside(container)


@since("1.21/networks-create-default-driver")
def test_driver_is_bridge(api, env):
    name = env.reserve_name("network")

    answer = api.post("/networks/create", json={"Name": name})

    assert_status(answer, 201)
    assert at(inspect(env, name), "Driver") == "bridge"


@since("1.21/networks-create-ipam")
def test_network_has_the_addresses_that_were_asked_for(api, env, free_subnet):
    name = env.reserve_name("network")
    part, gateway = list(free_subnet.subnets(new_prefix=29))[1], str(free_subnet[6])
    config = {"Subnet": str(free_subnet), "IPRange": str(part), "Gateway": gateway}

    answer = api.post(
        "/networks/create", json={"Name": name, "Driver": "bridge", "IPAM": {"Config": [config]}}
    )

    assert_status(answer, 201)
    assert at(inspect(env, name), "IPAM", "Config", 0, "Subnet") == str(free_subnet)
    look = env.create_container(
        "sh", "-c", "ip -o -4 addr show eth0; ip route", HostConfig={"NetworkMode": name}
    )
    first, *routes = [line.split() for line in env.start_and_wait(look).stdout.splitlines()]
    address = ipaddress.ip_interface(first[3])
    assert address.network == free_subnet
    assert address.ip in part
    assert ["default", "via", gateway] in [route[:3] for route in routes]


@since("1.21/networks-create-check-duplicate")
def test_second_network_of_a_name_is_refused_if_asked_to_check(api, env):
    assert_refused_twice(api, env, CheckDuplicate=True)


@after("1.21/networks-create-check-duplicate")
def test_second_network_of_a_name_is_refused(api, env):
    assert_refused_twice(api, env)


def assert_refused_twice(api, env, **members):
    name = env.create_network()

    answer = api.post("/networks/create", json={"Name": name, "Driver": "bridge", **members})

    adopt_if_created(env, "network", answer)
    assert_refused(answer)


@since("1.21/networks-create-name-mandatory")
@pytest.mark.parametrize("body", [{}, {"Name": ""}], ids=["missing", "empty"])
def test_network_without_a_name_is_refused(api, env, body):
    answer = api.post("/networks/create", json={"Driver": "bridge", **body})

    adopt_if_created(env, "network", answer)
    assert_refused(answer)


UNREADABLE = [
    pytest.param('{"%s":', id="cut short"),
    pytest.param("[]", id="array"),
    pytest.param('{"%s": 7}', id="number"),
    pytest.param('{"%s": ["x"]}', id="list"),
]
JSON = {"Content-Type": "application/json"}


@since("1.21/networks-bad-input")
@pytest.mark.parametrize("body", [*UNREADABLE, pytest.param('{"%s": "x", "IPAM": "default"}', id="text")])
def test_network_of_a_body_that_cannot_be_read_is_refused(api, env, body):
    answer = api.post("/networks/create", body=body.replace("%s", "Name").encode(), headers=JSON)

    adopt_if_created(env, "network", answer)
    assert_refused(answer)
    assert_alive(api)


@since("1.21/networks-bad-input")
@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("action", ["connect", "disconnect"])
def test_container_of_a_body_that_cannot_be_read_is_refused(api, on_two_networks, action, body):
    path = f"/networks/{on_two_networks.networks[0]}/{action}"

    answer = api.post(path, body=body.replace("%s", "Container").encode(), headers=JSON)

    assert_refused(answer)
    assert_alive(api)


@since("1.21/networks-bad-input")
@pytest.mark.parametrize("filters", ["name", "[1"], ids=["text", "cut short"])
def test_filters_that_cannot_be_read_are_refused(api, filters):
    answer = api.get("/networks", {"filters": filters})

    assert_refused(answer)
    assert_alive(api)


@since("1.21/networks-delete")
@pytest.mark.parametrize("by", ["name", "id"])
def test_delete_removes_the_network(api, env, by):
    name = env.create_network()
    network_id = at(env.get(f"/networks/{name}"), "Id")

    answer = api.delete(f"/networks/{name if by == 'name' else network_id}")

    assert_success(answer)
    assert_status(env.client.get(f"/networks/{network_id}"), 404)


@since("1.21/networks-delete-status")
def test_delete_answers_200(api, env):
    answer = api.delete(f"/networks/{env.create_network()}")

    assert_status(answer, 200)


@after("1.21/networks-delete-status")
def test_delete_answers_204(api, env):
    answer = api.delete(f"/networks/{env.create_network()}")

    assert_status(answer, 204)
    assert answer.body == b""


@since("1.21/networks-delete-missing")
def test_delete_of_an_unknown_network_is_not_found(api, env):
    answer = api.delete(f"/networks/{env.prefix}unknown")

    assert_status(answer, 404)


# A daemon that does not refuse loses a network that this run did not make: only one of our own is asked. Not bridge: it
# would then be of no use to the checks that follow.
@since("1.21/networks-delete-predefined")
@pytest.mark.needs("private-daemon")
@pytest.mark.parametrize("name", ["host", "none"])
def test_delete_of_a_predefined_network_is_refused(api, name):
    answer = api.delete(f"/networks/{name}")

    assert_status(answer, 403)
