"""Volumes of plugins, as the reference of API v1.24 describes them."""

import pytest

from conformance import ABSENT, at, since


@since("1.24/volumes-inspect-status")
def test_inspect_has_what_the_driver_says_of_the_volume(plugin_api, plugin_env, legacy_plugin):
    name = plugin_env.create_volume(Driver=legacy_plugin.name, DriverOpts={"colour": "red"})

    document = plugin_api.get(f"/volumes/{name}").json()

    assert at(document, "Status", "options") == {"colour": "red"}


@since("1.24/volumes-inspect-scope")
@pytest.mark.parametrize("scope", ["local", "global"])
def test_scope_is_that_of_the_driver(plugin_api, plugin_env, legacy_plugin, global_plugin, scope):
    driver = global_plugin if scope == "global" else legacy_plugin
    name = plugin_env.create_volume(Driver=driver.name)

    document = plugin_api.get(f"/volumes/{name}").json()

    assert at(document, "Scope") == scope


@since("1.24/volumes-inspect-no-status")
@pytest.mark.parametrize("driver", ["local", "plugin"])
def test_a_volume_has_no_status_where_the_driver_has_none(plugin_api, plugin_env, legacy_plugin, driver):
    options = (
        {"Driver": legacy_plugin.name, "DriverOpts": {"left-out": "Status"}} if driver == "plugin" else {}
    )
    name = plugin_env.create_volume(**options)

    document = plugin_api.get(f"/volumes/{name}").json()

    assert at(document, "Status") is ABSENT
