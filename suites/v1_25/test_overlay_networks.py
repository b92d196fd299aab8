"""Networks of a swarm, as API v1.25 changed them."""

from conformance import array, at, since


@since("1.25/network-inspect-peers")
def test_nodes_of_the_network_are_its_peers(swarm, overlay):
    address = swarm.env.get("/info")["Swarm"]["NodeAddr"]

    peers = array(swarm.api.get(f"/networks/{overlay.network}").json(), "Peers")

    assert [at(peer, "IP") for peer in peers] == [address]
    assert all(at(peer, "Name") for peer in peers)
