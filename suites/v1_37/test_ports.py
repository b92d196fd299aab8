"""Ports of the protocol SCTP, which API v1.37 added."""

from conformance import assert_status, assert_type, since
from conformance.testing import KILLED_ON_STOP, assert_starts


@since("1.37/create-sctp-ports")
def test_a_port_of_sctp_is_exposed(api, env):
    name = env.reserve_name("container")

    body = env.container_body("sleep", "86400", ExposedPorts={"7/sctp": {}}, **KILLED_ON_STOP)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert "7/sctp" in assert_type(env.get(f"/containers/{name}/json"), "NetworkSettings.Ports", dict)
