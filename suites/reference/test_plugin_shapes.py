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
