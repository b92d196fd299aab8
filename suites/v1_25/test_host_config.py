"""HostConfig of POST /containers/create, as API v1.25 changed it: how logs are buffered, and an init."""

import re

import pytest

from conformance import adopt_if_created, assert_refused, assert_status, at, since
from conformance.testing import (
    KILLED_ON_STOP,
    FixtureError,
    Unavailable,
    becomes_true,
    run_created,
    wait_for_log,
)


@since("1.25/hostconfig-log-mode")
@pytest.mark.parametrize(
    "options",
    [{"mode": "blocking"}, {"mode": "non-blocking"}, {"mode": "non-blocking", "max-buffer-size": "1m"}],
    ids=["blocking", "non-blocking", "with a size"],
)
def test_output_is_logged_in_either_mode(api, env, options):
    name = env.reserve_name("container")

    log = {"Type": "json-file", "Config": options}
    answer = api.post(
        "/containers/create",
        {"name": name},
        json=env.container_body("echo", "logged", HostConfig={"LogConfig": log}),
    )

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "logged\n"


@since("1.25/hostconfig-log-mode")
def test_unknown_mode_is_refused(api, env):
    name = env.reserve_name("container")

    log = {"Type": "json-file", "Config": {"mode": "sometimes"}}
    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"LogConfig": log})
    )

    if answer.ok:
        adopt_if_created(env, "container", answer)
        answer = env.client.post(f"/containers/{name}/start")
    assert_refused(answer)


@pytest.fixture
def init_program(env):
    """Requires that the daemon's host has a program to be the init."""

    def run():
        try:
            env.create_container("true", start=True, HostConfig={"Init": True})
        except FixtureError as error:
            if re.search("not found in|no such file", str(error)):
                return f"the daemon's host has no program to be the init: {error}"
        return ""

    if reason := env.share("program to be the init", run):
        raise Unavailable(reason)


@pytest.fixture
def create_sleeping(api, env):
    """Creates and starts a container that sleeps, with an init or without; returns its name."""

    def create(path, init):
        name = env.reserve_name("container")
        body = env.container_body("sleep", "86400", HostConfig={"Init": init}, **KILLED_ON_STOP)
        assert_status(api.post(path, {"name": name}, json=body), 201)
        env.start(name)
        return name

    return create


@since("1.25/hostconfig-init")
@pytest.mark.usefixtures("init_program")
@pytest.mark.parametrize("init", [True, False], ids=["init", "no init"])
def test_first_process_is_the_init_or_the_command(env, create_sleeping, init):
    name = create_sleeping("/containers/create", init)

    first = env.execute(name, "cat", "/proc/1/cmdline").stdout.split("\0")
    assert (first[:2] == ["sleep", "86400"]) is not init


@since("1.25/hostconfig-init")
@pytest.mark.usefixtures("init_program")
@pytest.mark.parametrize("init", [True, False], ids=["init", "no init"])
def test_init_collects_a_process_whose_parent_has_ended(env, create_sleeping, init):
    name = create_sleeping("/containers/create", init)

    env.execute(name, "sh", "-c", "(sleep 0.1; exit 3) &")

    count = ("sh", "-c", "grep -c '^State:.Z' /proc/[0-9]*/status | grep -c ':1$'")
    is_left = becomes_true(lambda: env.execute(name, *count).stdout == "1\n", seconds=0.7)
    assert is_left is not init


@since("1.25/hostconfig-init")
@pytest.mark.usefixtures("init_program")
def test_init_forwards_signals_to_the_command(api, env):
    name = env.reserve_name("container")
    script = "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done"

    body = env.container_body("sh", "-c", script, HostConfig={"Init": True})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    wait_for_log(env, name, b"ready")
    env.post(f"/containers/{name}/kill", {"signal": "TERM"})
    assert env.wait_for_exit(name) == 7


@since("1.25/hostconfig-utsmode")
def test_container_has_the_host_name_of_the_host(api, env):
    name = env.reserve_name("container")

    body = env.container_body("hostname", HostConfig={"UTSMode": "host"})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout.strip() == at(env.get("/info"), "Name")


@since("1.25/hostconfig-runtime")
def test_container_is_run_by_a_runtime_of_the_daemon(api, env):
    name, runtime = env.reserve_name("container"), at(env.get("/info"), "DefaultRuntime")

    body = env.container_body("echo", "run", HostConfig={"Runtime": runtime})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "run\n"


@since("1.25/hostconfig-runtime")
def test_unknown_runtime_runs_no_container(api, env):
    name = env.reserve_name("container")

    body = env.container_body(HostConfig={"Runtime": "nosuchruntime"})
    answer = api.post("/containers/create", {"name": name}, json=body)

    if answer.ok:
        adopt_if_created(env, "container", answer)
        answer = env.client.post(f"/containers/{name}/start")
    assert_refused(answer)
