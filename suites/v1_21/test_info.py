"""GET /info, as API v1.21 changed it."""

import pytest

from conformance import at, since

FLAGS = ["CPUShares", "CPUSet"]


@since("1.21/info-serverversion")
def test_serverversion_is_the_engines_version(api):
    value = at(api.get("/info").json(), "ServerVersion")

    assert isinstance(value, str), f"ServerVersion is to be a string, it is {value!r}"
    assert value == at(api.get("/version").json(), "Version")


@since("1.21/info-cpushares-cpuset")
@pytest.mark.parametrize("field", FLAGS)
def test_flag_is_a_boolean(api, field):
    value = at(api.get("/info").json(), field)

    assert isinstance(value, bool), f"{field} is to be a boolean, it is {value!r}"


@since("1.21/info-cpushares-cpuset")
@pytest.mark.needs("daemon-host")
@pytest.mark.parametrize(("field", "need"), [("CPUShares", "cpu-shares"), ("CPUSet", "cpuset")], ids=FLAGS)
def test_flag_says_what_the_host_supports(api, daemon, field, need):
    value = at(api.get("/info").json(), field)

    assert value is (daemon.missing(need) == "")
