"""Options of the logging driver fluentd in POST /containers/create, which API v1.40 added."""

import pytest

from conformance import assert_status, at, since
from conformance.testing import STDOUT, Unavailable, becomes_true, payload, run_created

#: Nothing listens there.
NOWHERE = "127.0.0.1:1"


@pytest.fixture
def fluentd(env):
    """Makes the members of a create body for a log that goes to an address."""
    if "fluentd" not in (at(env.get("/info"), "Plugins", "Log") or []):
        raise Unavailable("the daemon does not list the logging driver fluentd")

    def body(address, **options):
        config = {"fluentd-address": address, "fluentd-max-retries": "1", "fluentd-retry-wait": "10ms"}
        config |= {name.replace("_", "-"): value for name, value in options.items()}
        return env.container_body(
            "echo", "hello", HostConfig={"LogConfig": {"Type": "fluentd", "Config": config}}
        )

    return body


@since("1.40/logs-fluentd-async")
@pytest.mark.parametrize(("value", "starts"), [("true", True), ("false", False)])
def test_start_waits_for_the_server_unless_it_is_asynchronous(api, env, fluentd, value, starts):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=fluentd(NOWHERE, fluentd_async=value))

    assert_status(answer, 201)
    started = env.client.post(f"/containers/{name}/start")
    assert started.ok is starts, started.error


@pytest.fixture
def log_server(env, addresses_inside):
    """A server that shows what has come when a connection ends: its address, and a function that returns that."""
    name = env.create_container(
        "sh",
        "-c",
        "while :; do nc -l -p 24224; echo; done",
        start=True,
        own_network=True,
        StopSignal="SIGKILL",
    )
    [address] = [str(found.ip) for found in addresses_inside(name) if not found.is_loopback]
    return f"{address}:24224", lambda: payload(env.read_log(name), STDOUT)


@since("1.40/logs-fluentd-request-ack")
@pytest.mark.parametrize(("value", "asked"), [("true", True), ("false", False)])
def test_server_is_asked_to_acknowledge(api, env, fluentd, log_server, value, asked):
    address, come = log_server
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=fluentd(address, fluentd_request_ack=value))

    assert_status(answer, 201)
    run_created(env, name)
    assert becomes_true(lambda: b"hello" in come(), 5), "the log did not come"
    assert (b"chunk" in come()) is asked
