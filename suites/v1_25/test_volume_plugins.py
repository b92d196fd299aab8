"""Volumes of plugins, as API v1.25 documents them."""

import pytest

from conformance import ABSENT, assert_status, at, since


@since("1.25/volume-delete-force-plugin")
def test_a_volume_that_the_driver_has_lost_is_removed_with_force(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.create_volume(Driver=legacy_plugin.name)
    legacy_plugin.forget_volume(name)

    answer = plugin_api.delete(f"/volumes/{name}", {"force": 1})

    assert_status(answer, 204)
    assert name not in [at(row, "Name") for row in plugin_env.get("/volumes")["Volumes"] or []]


@since("1.25/volumes-inspect-no-status")
@pytest.mark.parametrize("driver", ["local", "plugin"])
def test_a_volume_has_no_status_where_the_driver_has_none(plugin_api, plugin_env, legacy_plugin, driver):
    options = (
        {"Driver": legacy_plugin.name, "DriverOpts": {"left-out": "Status"}} if driver == "plugin" else {}
    )
    name = plugin_env.create_volume(**options)

    document = plugin_api.get(f"/volumes/{name}").json()

    assert at(document, "Status") is ABSENT
