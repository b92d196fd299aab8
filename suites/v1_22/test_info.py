"""GET /info, as API v1.22 changed it: the host's architecture and system, and containers by state."""

import pytest

from conformance import ABSENT, array, assert_type, at, since

#: The same architecture as the kernel and as Go call it.
GO_NAMES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


@since("1.22/info-architecture")
def test_architecture_is_that_of_the_kernel(api, env):
    machine = env.share("uname -m", lambda: env.execute(env.idle_container(), "uname", "-m").stdout.strip())

    value = assert_type(api.get("/info").json(), "Architecture", str)

    assert value in (machine, GO_NAMES.get(machine))


@since("1.22/info-cpushares-cpuset")
@pytest.mark.parametrize("field", ["CPUShares", "CPUSet"])
def test_flag_is_a_boolean(api, field):
    document = api.get("/info").json()

    assert_type(document, field, bool)


@since("1.22/info-cpushares-cpuset")
@pytest.mark.needs("daemon-host")
@pytest.mark.parametrize(
    ("field", "need"), [("CPUShares", "cpu-shares"), ("CPUSet", "cpuset")], ids=["CPUShares", "CPUSet"]
)
def test_flag_says_what_the_host_supports(api, daemon, field, need):
    value = at(api.get("/info").json(), field)

    assert value is (daemon.missing(need) == "")


@since("1.22/info-ostype")
def test_ostype_is_that_of_the_kernel(api, env):
    system = env.share("uname -s", lambda: env.execute(env.idle_container(), "uname", "-s").stdout.strip())

    value = assert_type(api.get("/info").json(), "OSType", str)

    assert value == system.lower()


def pause(env):
    name = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")
    env.post(f"/containers/{name}/pause")
    return name


def end(env):
    name = env.create_container()
    env.start_and_wait(name)
    return name


@since("1.22/info-containers-by-state")
@pytest.mark.parametrize(
    ("member", "make"),
    [
        pytest.param("ContainersRunning", lambda env: env.idle_container(), id="running"),
        pytest.param("ContainersPaused", pause, id="paused", marks=pytest.mark.needs("freezer")),
        pytest.param("ContainersStopped", end, id="stopped"),
    ],
)
def test_a_container_in_that_state_is_counted(api, env, member, make):
    env.share(("a container for", member), lambda: make(env))

    value = assert_type(api.get("/info").json(), member, int)

    assert value >= 1


@since("1.22/info-containers-by-state")
def test_the_states_add_up_to_all_containers(api, env):
    env.share(("a container for", "ContainersStopped"), lambda: end(env))

    document = api.get("/info").json()

    counts = [assert_type(document, f"Containers{state}", int) for state in ("Running", "Paused", "Stopped")]
    assert sum(counts) == at(document, "Containers")


@since("1.22/info-systemstatus")
def test_systemstatus_is_a_list_of_lists_of_strings_if_it_is_there(api):
    value = at(api.get("/info").json(), "SystemStatus")

    if value is not ABSENT and value is not None:
        assert all(isinstance(word, str) for row in array(value) for word in array(row))
