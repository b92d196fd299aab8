"""A TCP socket with TLS: which clients are served."""

import pytest

from conformance import assert_alive, assert_status, since
from conformance.testing import DaemonFault


@since("general/tls-with-client-certificate")
def test_client_with_a_certificate_is_served(api, daemon):
    answer = api.through(daemon.private.endpoints["good"]).get("/images/json")

    assert_status(answer, 200)
    assert isinstance(answer.json(), list)


@since("general/tls-without-client-certificate")
@pytest.mark.parametrize("way", ["none", "foreign", "plain"])
def test_client_without_one_gets_no_answer_of_the_api(api, daemon, way):
    client = api.through(daemon.private.endpoints[way])

    try:
        served = client.get("/images/json").ok
    except DaemonFault:
        served = False

    assert not served
    assert_alive(api.through(daemon.private.endpoints["good"]))
