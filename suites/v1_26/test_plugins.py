"""Managed plugins, as API v1.26 changed them: upgrade, and where a plugin comes from."""

from conformance import assert_progress_succeeds, assert_status, at, since
from fixtures.plugins import HOST_NETWORK


@since("1.26/plugins-upgrade")
def test_upgraded_plugin_is_that_of_the_other_reference(
    plugin_api, plugins, pulled_plugin, pushed_plugin, plugin_registry
):
    headers = plugin_registry.auth_header()

    answer = plugin_api.post(
        f"/plugins/{pulled_plugin}/upgrade",
        {"remote": pushed_plugin[1]},
        json=HOST_NETWORK,
        headers=headers,
    )

    assert_progress_succeeds(answer)
    assert at(plugins.inspect(pulled_plugin), "Config", "Description") == "2"


@since("1.26/plugins-upgrade-missing")
def test_what_is_not_installed_is_not_upgraded(plugin_api, plugin_env, pushed_plugin, plugin_registry):
    name = plugin_env.reserve_name("plugin")

    answer = plugin_api.post(
        f"/plugins/{name}/upgrade",
        {"remote": pushed_plugin[1]},
        json=HOST_NETWORK,
        headers=plugin_registry.auth_header(),
    )

    assert_status(answer, 404)


@since("1.26/plugins-reference")
def test_plugin_names_the_reference_that_it_was_pulled_from(plugin_api, pulled_plugin, pushed_plugin):
    document = plugin_api.get(f"/plugins/{pulled_plugin}/json").json()

    assert at(document, "PluginReference") == pushed_plugin[0]
