"""Managed plugins, as the reference of API v1.29 describes them."""

import pytest

from conformance import at, since


@since("1.29/plugins-host-namespaces")
@pytest.mark.parametrize("member", ["IpcHost", "PidHost"])
def test_configuration_tells_whether_a_namespace_is_that_of_the_host(plugin_api, plugins, member):
    name = plugins.create(**{member: True})

    config = at(plugin_api.get(f"/plugins/{name}/json").json(), "Config")

    assert {key: at(config, key) for key in ("IpcHost", "PidHost")} == {
        "IpcHost": member == "IpcHost",
        "PidHost": member == "PidHost",
    }


@since("1.29/plugins-docker-version")
def test_configuration_tells_the_engine_that_created_the_plugin(plugin_api, plugin_env, two_plugins):
    document = plugin_api.get(f"/plugins/{two_plugins[0]}/json").json()

    assert at(document, "Config", "DockerVersion") == plugin_env.get("/version")["Version"]
