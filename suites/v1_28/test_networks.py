"""GET /networks and GET /networks/(id), as API v1.28 changed them: only the latter names the containers."""

from conformance import array, assert_type, at, since
from fixtures.rows import find_row


@since("1.28/networks-list-no-containers")
def test_list_leaves_the_containers_out(api, on_two_networks):
    rows = array(api.get("/networks").json())

    assert not at(find_row(rows, "Id", on_two_networks.network_id), "Containers")


@since("1.28/network-inspect-containers")
def test_description_of_a_network_names_its_containers(api, on_two_networks):
    document = api.get(f"/networks/{on_two_networks.networks[0]}").json()

    container = assert_type(document, ("Containers", on_two_networks.container_id), dict)
    assert at(container, "Name") == on_two_networks.container
