"""POST /networks/(id)/connect, as API v1.54 changed it: the hardware address, and identities in the list of images."""

import pytest

from conformance import array, assert_status, before, since

MAC = "02:42:ac:54:54:54"


@pytest.fixture
def connected_device(api, env, two_networks):
    """Connects a running container of this check's own to a second network; returns the addresses of its devices."""

    def connect(endpoint):
        first, second = two_networks
        name = env.create_container(
            "sleep", "86400", start=True, StopSignal="SIGKILL", HostConfig={"NetworkMode": first}
        )
        answer = api.post(f"/networks/{second}/connect", json={"Container": name, "EndpointConfig": endpoint})
        assert_status(answer, 200)
        return env.execute(name, "sh", "-c", "cat /sys/class/net/*/address").stdout.split()

    return connect


@since("1.54/connect-macaddress")
def test_address_is_that_of_the_device(connected_device):
    assert MAC in connected_device({"MacAddress": MAC})


@before("1.54/connect-macaddress")
def test_address_is_ignored(connected_device):
    assert MAC not in connected_device({"MacAddress": MAC})


@since("1.54/images-identity")
def test_images_have_summaries_of_their_manifests(api):
    rows = array(api.get("/images/json", {"manifests": "1", "identity": "1"}).json())

    assert all(array(row, "Manifests") for row in rows)
