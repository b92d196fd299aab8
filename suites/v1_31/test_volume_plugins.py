"""Volumes of plugins, as API v1.31 changed them: the time of their creation."""

from conformance import ABSENT, at, since
from conformance.testing import VOLUME_CREATED_AT


@since("1.31/volumes-createdat-plugin")
def test_a_volume_was_created_when_its_driver_says(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.create_volume(Driver=legacy_plugin.name)

    document = plugin_api.get(f"/volumes/{name}").json()

    assert at(document, "CreatedAt") == VOLUME_CREATED_AT


@since("1.31/volumes-createdat-unknown")
def test_no_time_is_shown_where_the_driver_gives_none(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.create_volume(Driver=legacy_plugin.name, DriverOpts={"left-out": "CreatedAt"})

    document = plugin_api.get(f"/volumes/{name}").json()

    assert at(document, "CreatedAt") is ABSENT
