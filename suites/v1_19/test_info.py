"""GET /info, as API v1.19 changed it: flags are booleans, and say what the host supports."""

from pathlib import Path

import pytest

from conformance import assert_type, at, before, since

FLAGS = ["Debug", "IPv4Forwarding", "MemoryLimit", "SwapLimit"]
NEW = ["CpuCfsPeriod", "CpuCfsQuota", "OomKillDisable"]


def forwards(pid):
    """Whether the network of a process forwards IPv4; the kernel writes 1 for yes and 2 for no."""
    rows = [
        line.split()
        for line in Path(f"/proc/{pid}/net/snmp").read_text().splitlines()
        if line.startswith("Ip:")
    ]
    return dict(zip(*rows, strict=True))["Forwarding"] == "1"


@since("1.19/info-booleans")
@pytest.mark.parametrize("field", FLAGS)
def test_flag_is_a_boolean(api, field):
    document = api.get("/info").json()

    assert_type(document, field, bool)


@since("1.19/info-flags-meaning")
@pytest.mark.parametrize(
    ("field", "need"), [("MemoryLimit", "memory-cgroup"), ("SwapLimit", "swap-accounting")], ids=FLAGS[2:]
)
def test_flag_says_what_the_host_supports(api, daemon, field, need):
    value = at(api.get("/info").json(), field)

    assert value is (daemon.missing(need) == "")


@since("1.19/info-flags-meaning")
def test_ipv4forwarding_says_what_the_daemons_network_does(api, daemon):
    value = at(api.get("/info").json(), "IPv4Forwarding")

    assert value is forwards(daemon.pid)


@before("1.19/info-booleans")
@pytest.mark.parametrize("field", FLAGS)
def test_flag_is_an_integer(api, field):
    document = api.get("/info").json()

    assert_type(document, field, int)


@since("1.19/info-cfs-flags")
@pytest.mark.parametrize("field", NEW)
def test_new_flag_is_a_boolean(api, field):
    document = api.get("/info").json()

    assert_type(document, field, bool)


@since("1.19/info-flags-meaning")
@pytest.mark.parametrize("field", ["CpuCfsPeriod", "CpuCfsQuota"])
def test_new_flag_says_what_the_host_supports(api, daemon, field):
    value = at(api.get("/info").json(), field)

    assert value is (daemon.missing("cpu-cfs") == "")
