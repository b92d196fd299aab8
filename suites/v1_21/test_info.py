"""GET /info, as API v1.21 changed it."""

import pytest

from conformance import assert_type, at, since

FLAGS = ["CPUShares", "CPUSet"]


@since("1.21/info-serverversion")
def test_serverversion_is_the_engines_version(api):
    document = api.get("/info").json()

    value = assert_type(document, "ServerVersion", str)
    assert value == at(api.get("/version").json(), "Version")


@since("1.21/info-cpushares-cpuset")
@pytest.mark.parametrize("field", FLAGS)
def test_flag_is_a_boolean(api, field):
    document = api.get("/info").json()

    assert_type(document, field, bool)


@since("1.21/info-cpushares-cpuset")
@pytest.mark.needs("daemon-host")
@pytest.mark.parametrize(("field", "need"), [("CPUShares", "cpu-shares"), ("CPUSet", "cpuset")], ids=FLAGS)
def test_flag_says_what_the_host_supports(api, daemon, field, need):
    value = at(api.get("/info").json(), field)

    assert value is (daemon.missing(need) == "")
