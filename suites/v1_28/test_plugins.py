"""Managed plugins, as API v1.28 changed them: disabling one in use, and filters of the list."""

import pytest

from conformance import array, assert_refused, assert_status, at, since
from conformance.testing import KILLED_ON_STOP
from fixtures.plugins import plugin_name


@pytest.fixture
def plugin_in_use(plugins, plugin_env):
    """The name of a plugin with a volume in a running container; the plugin runs again at the end, for the volume's removal."""
    name = plugins.create(enabled=True)
    volume = plugin_env.create_volume(Driver=name)
    binds = {"Binds": [f"{volume}:/data"], "NetworkMode": "none"}
    plugin_env.create_container("sleep", "86400", start=True, HostConfig=binds, **KILLED_ON_STOP)
    yield name
    if at(plugins.inspect(name), "Enabled") is False:
        plugins.enable(name)


@since("1.28/plugins-disable-force")
def test_plugin_in_use_is_disabled_with_force(plugin_api, plugins, plugin_in_use):
    refused = plugin_api.post(f"/plugins/{plugin_in_use}/disable")
    answer = plugin_api.post(f"/plugins/{plugin_in_use}/disable", {"force": 1})

    assert_refused(refused)
    assert_status(answer, 200)
    assert at(plugins.inspect(plugin_in_use), "Enabled") is False


def listed(answer):
    return [plugin_name(row) for row in array(answer.json())]


@since("1.28/plugins-filter-capability")
@pytest.mark.parametrize(("capability", "fits"), [("volumedriver", True), ("authz", False)])
def test_filter_capability_leaves_plugins_that_have_it(plugin_api, two_plugins, capability, fits):
    names = listed(plugin_api.get("/plugins", {"filters": {"capability": [capability]}}))

    assert [name in names for name in two_plugins] == [fits, fits]


@since("1.28/plugins-filter-enable")
@pytest.mark.parametrize("enabled", [True, False])
def test_filter_enable_leaves_plugins_that_run_or_do_not(plugin_api, two_plugins, enabled):
    names = listed(plugin_api.get("/plugins", {"filters": {"enable": [str(enabled).lower()]}}))

    assert [name in names for name in two_plugins] == [enabled, not enabled]
