"""The exec endpoints, as API v1.21 changed them."""

import pytest

from conformance import assert_status, assert_type, at, since
from conformance.testing import KILLED_ON_STOP, STDOUT, payload

START = {"Detach": False, "Tty": False}
CAPABILITIES = ("grep", "CapEff", "/proc/self/status")


@pytest.fixture
def container(env):
    """The name of a running container of this check's own."""
    return env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)


@pytest.fixture
def pause(env, container):
    """Pauses that container until the check ends."""
    yield lambda: env.post(f"/containers/{container}/pause")
    env.client.post(f"/containers/{container}/unpause")


def read_effective_capabilities(api, env, **members):
    """The capabilities of a process in the idle container, as a bit mask."""
    body = {"AttachStdout": True, "Cmd": CAPABILITIES, **members}
    instance = at(api.post(f"/containers/{env.idle_container()}/exec", json=body).json(), "Id")
    with env.client.hijack("POST", f"/exec/{instance}/start", json=START) as started:
        started.rest()
    output = payload(started.response.frames(), STDOUT).decode()
    assert output.startswith("CapEff:"), output
    return int(output.split()[1], 16)


@since("1.21/exec-start-paused")
def test_start_in_a_paused_container_conflicts(api, env, container, pause):
    instance = env.create_exec(container, "true")
    pause()

    answer = api.post(f"/exec/{instance}/start", json=START)

    assert_status(answer, 409)


@since("1.21/exec-start-stopped")
def test_start_in_a_stopped_container_conflicts(api, env, container):
    instance = env.create_exec(container, "true")
    env.post(f"/containers/{container}/stop")

    answer = api.post(f"/exec/{instance}/start", json=START)

    assert_status(answer, 409)


@since("1.21/exec-create-paused")
def test_create_in_a_paused_container_conflicts(api, container, pause):
    pause()

    answer = api.post(f"/containers/{container}/exec", json={"Cmd": ["true"]})

    assert_status(answer, 409)


@since("1.21/exec-privileged")
@pytest.mark.usefixtures("privileged_host")
def test_a_privileged_process_has_more_capabilities(api, env):
    extended, plain = (
        read_effective_capabilities(api, env, Privileged=True),
        read_effective_capabilities(api, env, Privileged=False),
    )

    assert extended & plain == plain and extended != plain, (
        f"expected more than {plain:#x}, got {extended:#x}"
    )


@since("1.21/exec-inspect-networks")
def test_inspect_shows_each_network_of_the_container(api, env):
    instance = env.create_exec(env.idle_container(), "true")

    document = api.get(f"/exec/{instance}/json").json()

    networks = assert_type(document, "Container.NetworkSettings.Networks", dict)
    assert {name: at(network, "IPAddress") for name, network in networks.items()} == addresses(env)


@since("1.21/exec-inspect-network-fields-kept")
@pytest.mark.parametrize("field", ["Gateway", "IPAddress", "IPPrefixLen", "MacAddress"])
def test_inspect_shows_the_first_network_directly(api, env, field):
    instance = env.create_exec(env.idle_container(), "true")

    value = at(api.get(f"/exec/{instance}/json").json(), "Container.NetworkSettings", field)

    networks = env.get(f"/containers/{env.idle_container()}/json")["NetworkSettings"]["Networks"]
    assert value in [network[field] for network in networks.values()]


def addresses(env):
    """The networks of the idle container and its address in each."""
    networks = env.get(f"/containers/{env.idle_container()}/json")["NetworkSettings"]["Networks"]
    return {name: network["IPAddress"] for name, network in networks.items()}
