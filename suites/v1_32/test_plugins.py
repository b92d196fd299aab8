"""GET /info, as the reference of API v1.32 describes it: drivers that are plugins."""

import pytest

from conformance import assert_type, since
from fixtures.plugins import LEGACY


@pytest.fixture
def plugin_with_resources(plugin_env, legacy_plugin):
    """The name of a legacy plugin with a volume and a network."""

    def create():
        plugin_env.create_volume(Driver=legacy_plugin.name)
        plugin_env.create_network(Driver=legacy_plugin.name)
        return legacy_plugin.name

    return plugin_env.share("plugin with resources", create)


@since("1.32/info-plugins-in-use")
@pytest.mark.parametrize(("kind", "builtin"), [("Volume", "local"), ("Network", "bridge")])
def test_info_lists_a_plugin_that_is_in_use(plugin_api, plugin_with_resources, kind, builtin):
    document = plugin_api.get("/info").json()

    names = assert_type(document, ("Plugins", kind), list)
    assert [name in names for name in (plugin_with_resources, builtin)] == [True, True]


@since("1.32/info-plugins-authorization")
def test_info_lists_the_plugins_that_are_asked_for_authorization(authorizing_engine):
    document = authorizing_engine.api.get("/info").json()

    assert assert_type(document, ("Plugins", "Authorization"), list) == [LEGACY]
