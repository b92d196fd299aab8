"""What API v1.51 calls deprecated, and still answers."""

from conformance import assert_type, since


@since("1.51/inspect-bridge")
def test_network_settings_have_the_bridge(api, env):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert_type(document, "NetworkSettings.Bridge", str)


@since("1.51/info-kernelmemorytcp")
def test_info_says_whether_tcp_buffers_can_be_limited(api):
    document = api.get("/info").json()

    assert_type(document, "KernelMemoryTCP", bool, optional=True)
