"""Managed plugins, as API v1.25 documents them."""

import secrets

import pytest

from conformance import (
    array,
    assert_progress_fails,
    assert_progress_succeeds,
    assert_refused,
    assert_status,
    at,
    since,
)
from conformance.testing import TAR, Member, make_plugin, pack
from fixtures.plugins import HOST_NETWORK, plugin_name


@since("1.25/plugins-list")
def test_list_has_each_plugin_and_whether_it_runs(plugin_api, two_plugins):
    rows = array(plugin_api.get("/plugins").json())

    enabled = {plugin_name(row): at(row, "Enabled") for row in rows}
    assert [enabled.get(name) for name in two_plugins] == [True, False]


@since("1.25/plugins-pull")
def test_pulled_plugin_is_installed_under_the_local_name(
    plugin_api, plugin_env, plugins, pushed_plugin, plugin_registry
):
    name = plugin_env.reserve_name("plugin")

    query = {"remote": pushed_plugin[0], "name": name}
    answer = plugin_api.post("/plugins/pull", query, json=HOST_NETWORK, headers=plugin_registry.auth_header())

    assert_progress_succeeds(answer)
    assert plugins.is_installed(name)
    found = plugins.inspect(name)
    assert (at(found, "Config", "Description"), at(found, "Enabled")) == ("1", False)


@since("1.25/plugins-pull-unnamed")
def test_pulled_plugin_without_a_local_name_has_that_of_the_registry(
    plugin_api, plugin_env, plugins, pushed_plugin, plugin_registry
):
    name = plugin_env.adopt("plugin", pushed_plugin[0])

    answer = plugin_api.post(
        "/plugins/pull", {"remote": name}, json=HOST_NETWORK, headers=plugin_registry.auth_header()
    )

    assert_progress_succeeds(answer)
    assert plugins.is_installed(name)


@since("1.25/plugins-pull-credentials")
def test_nothing_is_pulled_with_wrong_credentials(
    plugin_api, plugin_env, plugins, pushed_plugin, plugin_registry
):
    name = plugin_env.reserve_name("plugin")

    query, headers = (
        {"remote": pushed_plugin[0], "name": name},
        plugin_registry.auth_header(username="nobody"),
    )
    answer = plugin_api.post("/plugins/pull", query, json=HOST_NETWORK, headers=headers)

    assert_progress_fails(answer)
    assert not plugins.is_installed(name)


@since("1.25/plugins-pull-unaccepted")
def test_nothing_is_installed_that_needs_more_than_was_accepted(
    plugin_api, plugin_env, plugins, pushed_plugin, plugin_registry
):
    name = plugin_env.reserve_name("plugin")

    query, headers = {"remote": pushed_plugin[0], "name": name}, plugin_registry.auth_header()
    answer = plugin_api.post("/plugins/pull", query, json=[], headers=headers)

    assert_progress_fails(answer)
    assert not plugins.is_installed(name)


@since("1.25/plugins-privileges")
def test_privileges_name_what_the_plugin_needs(plugin_api, pushed_plugin, plugin_registry):
    query, headers = {"name": pushed_plugin[0]}, plugin_registry.auth_header()

    rows = array(plugin_api.get("/plugins/privileges", query, headers=headers).json())

    assert [(at(row, "Name"), at(row, "Value")) for row in rows] == [("network", ["host"])]


@since("1.25/plugins-inspect")
@pytest.mark.parametrize("tag", ["", ":latest"], ids=["name", "name and tag"])
def test_inspect_shows_the_configuration(plugin_api, two_plugins, tag):
    document = plugin_api.get(f"/plugins/{two_plugins[1]}{tag}/json").json()

    assert plugin_name(document) == two_plugins[1]
    assert at(document, "Enabled") is False
    config = at(document, "Config")
    assert (at(config, "WorkDir"), at(config, "PropagatedMount")) == ("/", "/data")
    assert at(config, "Interface", "Socket") == "conformance.sock"
    assert at(config, "Entrypoint")[-1] == "/run/docker/plugins/conformance.sock"
    assert "DEBUG=0" in at(document, "Settings", "Env")


@since("1.25/plugins-inspect-missing")
def test_a_plugin_that_is_not_installed_is_not_found(api, env):
    answer = api.get(f"/plugins/{env.reserve_name('plugin')}/json")

    assert_status(answer, 404)


@since("1.25/plugins-set")
def test_the_plugin_has_what_was_set(plugin_api, plugins):
    name = plugins.create()

    answer = plugin_api.post(f"/plugins/{name}/set", json=["DEBUG=7"])

    assert_status(answer, 204)
    plugins.enable(name)
    assert at(plugins.status_of_volume(name), "DEBUG") == "7"


@since("1.25/plugins-set-missing")
def test_what_is_not_installed_is_not_set(api, env):
    answer = api.post(f"/plugins/{env.reserve_name('plugin')}/set", json=["DEBUG=7"])

    assert_status(answer, 404)


@since("1.25/plugins-enable")
def test_enabled_plugin_makes_volumes(plugin_api, plugins):
    name = plugins.create()

    answer = plugin_api.post(f"/plugins/{name}/enable", {"timeout": 30})

    assert_status(answer, 200)
    assert at(plugins.inspect(name), "Enabled") is True
    assert at(plugins.status_of_volume(name, colour="red"), "options", "colour") == "red"


@since("1.25/plugins-enable-timeout")
def test_timeout_may_be_left_out(plugin_api, plugins):
    name = plugins.create()

    answer = plugin_api.post(f"/plugins/{name}/enable")

    assert_status(answer, 200)


@since("1.25/plugins-enable-fails")
def test_a_plugin_that_does_not_start_is_not_enabled(plugin_api, plugins):
    name = plugins.create(Entrypoint=["/nosuch"])

    answer = plugin_api.post(f"/plugins/{name}/enable", {"timeout": 30})

    assert_refused(answer)
    assert at(plugins.inspect(name), "Enabled") is False


@since("1.25/plugins-disable")
def test_disabled_plugin_makes_no_volumes(plugin_api, plugin_env, plugins):
    name = plugins.create(enabled=True)

    answer = plugin_api.post(f"/plugins/{name}/disable")

    assert_status(answer, 200)
    assert at(plugins.inspect(name), "Enabled") is False
    body = {"Name": plugin_env.reserve_name("volume"), "Driver": name}
    assert_refused(plugin_env.client.post("/volumes/create", json=body))


@since("1.25/plugins-push")
def test_the_registry_has_what_was_pushed(plugin_api, plugins, plugin_registry):
    name = plugins.create(f"{plugin_registry.repository}:{secrets.token_hex(4)}")

    answer = plugin_api.post(f"/plugins/{name}/push", headers=plugin_registry.auth_header())

    assert_progress_succeeds(answer)
    assert plugin_registry.digest(name)


@since("1.25/plugins-push-missing")
def test_what_is_not_installed_is_not_pushed(api, env):
    answer = api.post(f"/plugins/{env.reserve_name('plugin')}/push")

    assert_status(answer, 404)


@since("1.25/plugins-create")
def test_created_plugin_is_installed_and_disabled(plugin_api, plugin_env, plugins):
    name = plugin_env.reserve_name("plugin")

    body = make_plugin(Description="as created")
    answer = plugin_api.post("/plugins/create", {"name": name}, body=body, headers=TAR)

    assert_status(answer, 204)
    assert plugins.is_installed(name)
    found = plugins.inspect(name)
    assert (at(found, "Config", "Description"), at(found, "Enabled")) == ("as created", False)


@since("1.25/plugins-create-without-config")
def test_an_archive_without_a_configuration_makes_no_plugin(plugin_api, plugin_env, plugins):
    name = plugin_env.reserve_name("plugin")

    body = pack(Member("rootfs", kind="dir", mode=0o755))
    answer = plugin_api.post("/plugins/create", {"name": name}, body=body, headers=TAR)

    assert_refused(answer)
    assert not plugins.is_installed(name)


@since("1.25/plugins-delete")
def test_deleted_plugin_is_gone(plugin_api, plugins):
    name = plugins.create(Mounts=[])

    answer = plugin_api.delete(f"/plugins/{name}")

    assert_status(answer, 200)
    assert not plugins.is_installed(name)


@since("1.25/plugins-delete-missing")
def test_what_is_not_installed_is_not_deleted(api, env):
    answer = api.delete(f"/plugins/{env.reserve_name('plugin')}")

    assert_status(answer, 404)


@since("1.25/plugins-delete-force")
@pytest.mark.parametrize(("query", "stays"), [({}, True), ({"force": 1}, False)], ids=["without", "with"])
def test_enabled_plugin_is_deleted_with_force_only(plugin_api, plugins, query, stays):
    name = plugins.create(enabled=True)

    answer = plugin_api.delete(f"/plugins/{name}", query)

    assert (answer.ok, plugins.is_installed(name)) == (not stays, stays)
