"""The shapes of answers about plugins, as the documents from API v1.25 on have them."""

import pytest

from conformance import assert_documented, since


@since("reference/shapes-plugin-list-filled")
@pytest.mark.usefixtures("two_plugins")
def test_list_with_plugins_is_as_documented(plugin_api):
    answer = plugin_api.get("/plugins")

    assert_documented(plugin_api, answer, "GET /plugins")


@since("reference/shapes-plugin-inspect")
@pytest.mark.parametrize("number", [0, 1], ids=["enabled", "disabled"])
def test_description_of_a_plugin_is_as_documented(plugin_api, two_plugins, number):
    answer = plugin_api.get(f"/plugins/{two_plugins[number]}/json")

    assert_documented(plugin_api, answer, "GET /plugins/(name)/json")


@since("reference/shapes-plugin-privileges")
def test_list_of_privileges_is_as_documented(plugin_api, pushed_plugin, plugin_registry):
    query, headers = {"remote": pushed_plugin[0]}, plugin_registry.auth_header()

    answer = plugin_api.get("/plugins/privileges", query, headers=headers)

    assert_documented(plugin_api, answer, "GET /plugins/privileges")


@since("reference/shapes-plugin-volume")
def test_new_volume_of_a_plugin_is_as_documented(plugin_api, plugin_env, two_plugins):
    body = {"Name": plugin_env.reserve_name("volume"), "Driver": two_plugins[0], "Labels": plugin_env.labels}

    answer = plugin_api.post("/volumes/create", json=body)

    assert_documented(plugin_api, answer, "POST /volumes/create")


@since("reference/shapes-plugin-volume")
@pytest.mark.parametrize("path", ["/volumes", "/system/df"])
def test_volumes_of_a_plugin_are_as_documented(plugin_api, plugin_env, two_plugins, path):
    plugin_env.share("volume of a plugin", lambda: plugin_env.create_volume(Driver=two_plugins[0]))

    answer = plugin_api.get(path)

    assert_documented(plugin_api, answer, f"GET {path}")
