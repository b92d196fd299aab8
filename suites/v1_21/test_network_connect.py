"""POST /networks/(id)/connect and disconnect, as API v1.21 added them."""

import pytest

from conformance import assert_status, at, since

BY = pytest.mark.parametrize("by", ["name", "id"])


def identify(env, kind, name, by):
    """The name or the id of a network or a container."""
    path = f"/networks/{name}" if kind == "network" else f"/containers/{name}/json"
    return name if by == "name" else at(env.get(path), "Id")


@since("1.21/networks-connect")
@BY
def test_connect_puts_the_container_on_the_network(
    api, env, run_on_network, addresses_inside, listed_address, by
):
    network, container = env.create_network(), run_on_network()
    body = {"Container": identify(env, "container", container, by)}

    answer = api.post(f"/networks/{identify(env, 'network', network, by)}/connect", json=body)

    assert_status(answer, 200)
    assert listed_address(network, container) in addresses_inside(container), (
        "the process has no address on the network"
    )


@since("1.21/networks-disconnect")
@BY
def test_disconnect_takes_the_container_off_the_network(
    api, env, run_on_network, addresses_inside, listed_address, by
):
    network = env.create_network()
    container = run_on_network(network)
    address = listed_address(network, container)
    body = {"Container": identify(env, "container", container, by)}

    answer = api.post(f"/networks/{identify(env, 'network', network, by)}/disconnect", json=body)

    assert_status(answer, 200)
    assert address not in addresses_inside(container), "the process still has its address"
    assert not at(env.get(f"/networks/{network}"), "Containers"), "the network still lists the container"


def assert_not_found(api, env, on_two_networks, action, missing):
    network = f"{env.prefix}unknown" if missing == "network" else on_two_networks.networks[0]
    container = f"{env.prefix}unknown" if missing == "container" else on_two_networks.container

    answer = api.post(f"/networks/{network}/{action}", json={"Container": container})

    assert_status(answer, 404)


@since("1.21/networks-connect-missing")
@pytest.mark.parametrize("missing", ["network", "container"])
def test_connect_of_what_is_not_there_is_not_found(api, env, on_two_networks, missing):
    assert_not_found(api, env, on_two_networks, "connect", missing)


@since("1.21/networks-disconnect-missing")
@pytest.mark.parametrize("missing", ["network", "container"])
def test_disconnect_of_what_is_not_there_is_not_found(api, env, on_two_networks, missing):
    assert_not_found(api, env, on_two_networks, "disconnect", missing)
