"""Logging drivers that are plugins, and events of plugins, as API v1.30 documents them."""

import math

import pytest

from conformance import assert_type, at, since
from conformance.testing import KILLED_ON_STOP, read_clock, time_before_now
from fixtures.plugins import plugin_name


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


@since("1.30/events-filter-type-plugin")
def test_filter_type_leaves_the_events_of_plugins(plugin_api, plugin_env, plugins):
    since = time_before_now(plugin_env)
    plugin_env.create_volume()
    name = plugins.create()

    query = {"since": since, "until": math.ceil(read_clock(plugin_env)), "filters": {"type": ["plugin"]}}
    events = plugin_api.get("/events", query).messages()

    assert all(at(event, "Type") == "plugin" for event in events), events
    told = {plugin_name(event, "Actor", "Attributes", "name") for event in events}
    assert name in told
