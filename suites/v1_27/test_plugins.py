"""Managed plugins, as the reference of API v1.27 describes them."""

import pytest

from conformance import assert_status, at, since


@since("1.27/plugins-privileges")
def test_privileges_name_what_the_plugin_needs(plugin_api, pushed_plugin, plugin_registry):
    rows = plugin_api.get(
        "/plugins/privileges", {"remote": pushed_plugin[0]}, headers=plugin_registry.auth_header()
    ).json()

    assert [(at(row, "Name"), at(row, "Value")) for row in rows] == [("network", ["host"])]


@since("1.27/plugins-switch-missing")
@pytest.mark.parametrize("action", ["enable", "disable"])
def test_what_is_not_installed_is_neither_enabled_nor_disabled(api, env, action):
    name = env.reserve_name("plugin")

    answer = api.post(f"/plugins/{name}/{action}", {"timeout": 30} if action == "enable" else None)

    assert_status(answer, 404)
