"""IPAM drivers that are plugins, as API v1.22 describes them."""

from conformance import assert_status, since


@since("1.22/networks-create-ipam-driver")
def test_the_ipam_driver_gets_the_options(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.reserve_name("network")

    ipam = {"Driver": legacy_plugin.name, "Options": {"colour": name}}
    answer = plugin_api.post("/networks/create", json={"Name": name, "IPAM": ipam})

    assert_status(answer, 201)
    assert {"colour": name} in [call["Options"] for call in legacy_plugin.calls_of("IpamDriver.RequestPool")]
