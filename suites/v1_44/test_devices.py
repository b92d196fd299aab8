"""Devices of the container device interface, as API v1.44 documents them."""

from conformance import array, assert_status, since
from conformance.testing import run_created
from fixtures.daemon_options import DEVICE, DEVICES


@since("1.44/info-cdispecdirs-option")
def test_info_lists_the_folder_of_specifications(device_engine):
    document = device_engine.api.get("/info").json()

    assert array(document, "CDISpecDirs") == [DEVICES]


@since("1.44/devicerequests-cdi")
def test_container_has_what_the_specification_of_the_device_adds(device_engine):
    api, env, _ = device_engine
    name = env.reserve_name("container")

    requests = [{"Driver": "cdi", "DeviceIDs": [DEVICE]}]
    host = {"NetworkMode": "none", "DeviceRequests": requests}
    body = env.container_body("sh", "-c", "echo $CONFORMANCE_DEVICE", HostConfig=host)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "one\n"
