"""Volumes and networks of plugins, as the reference of API v1.21 describes them."""

from conformance import assert_status, since


@since("1.21/volumes-create-plugin")
def test_the_plugin_makes_the_volume_and_gets_its_options(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.reserve_name("volume")

    body = {"Name": name, "Driver": legacy_plugin.name, "DriverOpts": {"colour": "red"}}
    answer = plugin_api.post("/volumes/create", json=body)

    assert_status(answer, 201)
    calls = legacy_plugin.calls_of("VolumeDriver.Create")
    assert [call["Opts"] for call in calls if call["Name"] == name] == [{"colour": "red"}]


@since("1.21/networks-create-plugin")
def test_the_plugin_makes_the_network_and_gets_its_options(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.reserve_name("network")

    body = {"Name": name, "Driver": legacy_plugin.name, "Options": {"colour": name}}
    answer = plugin_api.post("/networks/create", json=body)

    assert_status(answer, 201)
    calls = legacy_plugin.calls_of("NetworkDriver.CreateNetwork")
    assert {"colour": name} in [call["Options"]["com.docker.network.generic"] for call in calls]
