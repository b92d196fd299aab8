"""Managed plugins, as the reference of API v1.38 describes them."""

from conformance import at, since


@since("1.38/plugins-protocol-scheme")
def test_interface_tells_its_protocol(plugin_api, plugins):
    interface = {
        "Types": ["docker.volumedriver/1.0"],
        "Socket": "conformance.sock",
        "ProtocolScheme": "moby.plugins.http/v1",
    }
    name = plugins.create(Interface=interface)

    document = plugin_api.get(f"/plugins/{name}/json").json()

    assert at(document, "Config", "Interface", "ProtocolScheme") == "moby.plugins.http/v1"
