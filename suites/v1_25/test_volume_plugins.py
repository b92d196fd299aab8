"""Volumes of plugins, as API v1.25 documents them."""

from conformance import assert_status, at, since


@since("1.25/volume-delete-force-plugin")
def test_a_volume_that_the_driver_has_lost_is_removed_with_force(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.create_volume(Driver=legacy_plugin.name)
    legacy_plugin.forget_volume(name)

    answer = plugin_api.delete(f"/volumes/{name}", {"force": 1})

    assert_status(answer, 204)
    assert name not in [at(row, "Name") for row in plugin_env.get("/volumes")["Volumes"] or []]


@since("1.25/mount-volume-driverconfig-plugin")
def test_mount_makes_a_volume_of_the_plugin(plugin_api, plugin_env, legacy_plugin):
    name, volume = plugin_env.reserve_name("container"), plugin_env.reserve_name("volume")

    driver = {"Name": legacy_plugin.name, "Options": {"colour": "red"}}
    mount = {"Type": "volume", "Source": volume, "Target": "/data", "VolumeOptions": {"DriverConfig": driver}}
    body = plugin_env.container_body(HostConfig={"NetworkMode": "none", "Mounts": [mount]})
    answer = plugin_api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    calls = legacy_plugin.calls_of("VolumeDriver.Create")
    assert [call["Opts"] for call in calls if call["Name"] == volume] == [{"colour": "red"}]
