"""Volumes and networks of plugins, as the reference of API v1.21 describes them."""

from pathlib import Path

from conformance import assert_status, since
from conformance.testing import run_created


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


@since("1.21/hostconfig-volumedriver-plugin")
def test_the_container_writes_to_a_volume_of_the_plugin(plugin_api, plugin_env, legacy_plugin):
    name, volume = plugin_env.reserve_name("container"), plugin_env.reserve_name("volume")

    host = {"NetworkMode": "none", "VolumeDriver": legacy_plugin.name, "Binds": [f"{volume}:/data"]}
    body = plugin_env.container_body("sh", "-c", "echo here > /data/file", HostConfig=host)
    answer = plugin_api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(plugin_env, name).exit_code == 0
    assert volume in [call["Name"] for call in legacy_plugin.calls_of("VolumeDriver.Mount")]
    assert Path(legacy_plugin.directory_of(volume), "file").read_text() == "here\n"
