"""Volumes of plugins, as the reference of API v1.24 describes them."""

from conformance import at, since


@since("1.24/volumes-inspect-status")
def test_inspect_has_what_the_driver_says_of_the_volume(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.create_volume(Driver=legacy_plugin.name, DriverOpts={"colour": "red"})

    document = plugin_api.get(f"/volumes/{name}").json()

    assert at(document, "Status", "options") == {"colour": "red"}
