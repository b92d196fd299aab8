"""GET /info, as API v1.19 changed it."""

import pytest

from conformance import at, before, since

FLAGS = ["Debug", "IPv4Forwarding", "MemoryLimit", "SwapLimit"]


@since("1.19/info-booleans")
@pytest.mark.parametrize("field", FLAGS)
def test_flag_is_a_boolean(api, field):
    value = at(api.get("/info").json(), field)

    assert isinstance(value, bool), f"{field} is to be a boolean, it is {value!r}"


@before("1.19/info-booleans")
@pytest.mark.parametrize("field", FLAGS)
def test_flag_is_an_integer(api, field):
    value = at(api.get("/info").json(), field)

    assert type(value) is int, f"{field} is to be an int, it is {value!r}"


@since("1.19/info-cfs-flags")
@pytest.mark.parametrize("field", ["CpuCfsPeriod", "CpuCfsQuota", "OomKillDisable"])
def test_new_flag_is_a_boolean(api, field):
    value = at(api.get("/info").json(), field)

    assert isinstance(value, bool), f"{field} is to be a boolean, it is {value!r}"
