"""GET /info, as API v1.30 changed it: logging drivers that are plugins."""

import pytest

from conformance import assert_type, since
from conformance.testing import KILLED_ON_STOP


@pytest.fixture
def logging_plugin(plugin_env, legacy_plugin):
    """The name of a logging driver that is a plugin, with a running container which logs there."""

    def start():
        host = {"LogConfig": {"Type": legacy_plugin.name}, "NetworkMode": "none"}
        plugin_env.create_container("sleep", "86400", start=True, HostConfig=host, **KILLED_ON_STOP)

    plugin_env.share("container that logs to a plugin", start)
    return legacy_plugin.name


@since("1.30/info-log-plugins")
def test_info_lists_a_logging_driver_that_is_a_plugin(plugin_api, logging_plugin):
    document = plugin_api.get("/info").json()

    assert logging_plugin in assert_type(document, ("Plugins", "Log"), list)
