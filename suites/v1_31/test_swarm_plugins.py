"""Plugins in a swarm, as API v1.31 documents them: services that run one, and secrets that one keeps."""

import base64

import pytest

from conformance import assert_status, assert_type, at, since
from conformance.testing import STORED_SECRET, becomes_true, wait_until
from fixtures.swarm import as_file, create_service, tasks_of


@pytest.fixture
def body_of_plugin_service(experimental_swarm, plugin_for_swarm):
    """Makes the body of a service that runs the plugin under a name."""

    def make(name):
        spec = {"Name": name, "Remote": plugin_for_swarm, "Disabled": True}
        return {
            "Name": experimental_swarm.env.reserve_name("service"),
            "Labels": experimental_swarm.env.labels,
            "TaskTemplate": {"Runtime": "plugin", "PluginSpec": spec},
            "Mode": {"Global": {}},
        }

    return make


@since("1.31/service-pluginspec")
def test_service_installs_the_plugin(experimental_swarm, plugins_in_swarm, body_of_plugin_service):
    name = experimental_swarm.env.reserve_name("plugin")

    answer = experimental_swarm.api.post("/services/create", json=body_of_plugin_service(name))

    assert_status(answer, 201)
    assert becomes_true(lambda: plugins_in_swarm.is_installed(name), 10)
    assert at(plugins_in_swarm.inspect(name), "Enabled") is False


def output_of_task(env, *cmd, **members):
    """What the one task of a new service writes."""
    service = create_service(env, *cmd, TaskTemplate={"ContainerSpec": members})

    def container_id():
        return at(tasks_of(env, service), 0, "Status", "ContainerStatus", "ContainerID") or ""

    wait_until(lambda: env.client.get(f"/containers/{container_id()}/json").ok, "the container of a task")
    return env.wait_for_end(container_id(), must_write=True).stdout


@since("1.31/secret-driver-plugin")
def test_task_reads_what_the_store_holds(experimental_swarm, secret_store):
    api, env, _ = experimental_swarm
    name = env.reserve_name("secret")

    driver = {"Name": secret_store.name, "Options": {"colour": "red"}}
    answer = api.post("/secrets/create", json={"Name": name, "Labels": env.labels, "Driver": driver})

    assert_status(answer, 201)
    given = as_file(env, "secret", assert_type(answer.json(), "ID", str), "stored")
    output = output_of_task(env, "base64", "/run/secrets/stored", **given)
    assert base64.b64decode(output) == STORED_SECRET
