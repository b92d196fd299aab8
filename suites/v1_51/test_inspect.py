"""What API v1.51 calls deprecated, and still answers."""

from conformance import assert_type, since


@since("1.51/inspect-bridge")
def test_bridge_of_the_network_settings_is_a_text_where_it_is_set(api, env):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert_type(document, "NetworkSettings.Bridge", str, optional=True)


@since("1.51/info-kernelmemorytcp")
def test_info_says_whether_tcp_buffers_can_be_limited(api):
    document = api.get("/info").json()

    assert_type(document, "KernelMemoryTCP", bool, optional=True)
