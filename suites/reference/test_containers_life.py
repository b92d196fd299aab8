"""Start, restart, pause, rename and update of a container, as the references describe them."""

import itertools
import time

import pytest

from conformance import assert_refused, assert_status, at, early, since
from conformance.testing import (
    KILLED_ON_STOP,
    STDOUT,
    becomes_true,
    is_running,
    payload,
    unchanged_container,
    wait_until,
)
from fixtures.processes import IGNORES_TERM, read_state, start_script


@since("reference/containers-restart")
def test_restart_starts_a_running_container_anew(api, env):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    before = read_state(env, name)

    answer = api.post(f"/containers/{name}/restart")

    after = read_state(env, name)
    assert_status(answer, 204)
    assert at(after, "Running") is True
    assert at(after, "StartedAt") != at(before, "StartedAt"), (
        "the container still runs as it was started first"
    )


@since("reference/containers-restart")
def test_restart_starts_a_container_that_has_ended(api, env):
    name = env.create_container(
        "sh", "-c", "test -e /ran || { touch /ran; exit 0; }; exec sleep 86400", **KILLED_ON_STOP
    )
    env.start_and_wait(name)

    answer = api.post(f"/containers/{name}/restart")

    assert_status(answer, 204)
    assert is_running(env, name) is True


@since("reference/containers-restart-time")
def test_restart_kills_a_process_that_ignores_it_after_the_time(api, env):
    name = start_script(env, IGNORES_TERM)
    before = read_state(env, name)
    begun = time.monotonic()

    answer = api.post(f"/containers/{name}/restart", {"t": 1})

    seconds = time.monotonic() - begun
    assert_status(answer, 204)
    assert at(read_state(env, name), "StartedAt") != at(before, "StartedAt")
    assert 0.9 <= seconds < 8, f"expected a restart after 1 s, got {seconds:.1f} s"


@since("reference/containers-restart-unknown")
@pytest.mark.parametrize("action", ["restart", "kill", "pause", "unpause", "wait"])
def test_an_unknown_container_is_not_found(api, env, action):
    answer = api.post(f"/containers/{env.prefix}absent/{action}")

    assert_status(answer, 404)


@since("reference/containers-pause")
@pytest.mark.needs("freezer")
def test_pause_holds_the_process_until_unpause(api, env):
    name = env.create_container(
        "sh", "-c", "echo ready; while :; do echo x >> /count; sleep 0.02; done", start=True, **KILLED_ON_STOP
    )
    wait_until(lambda: read_count(env, name).ok, "the file /count")

    paused = api.post(f"/containers/{name}/pause")
    state = read_state(env, name)
    frozen = [count_lines(env, name), time.sleep(0.3), count_lines(env, name)]
    resumed = api.post(f"/containers/{name}/unpause")

    assert_status(paused, 204)
    assert (at(state, "Paused"), at(state, "Running")) == (True, True)
    assert frozen[0] == frozen[2], "the process went on while the container was paused"
    assert_status(resumed, 204)
    assert at(read_state(env, name), "Paused") is False
    assert becomes_true(lambda: count_lines(env, name) > frozen[2], 5), "the process does not go on"


@since("reference/containers-paused-reads")
@pytest.mark.needs("freezer")
@pytest.mark.parametrize("path", ["json", "top", "logs?stdout=1", "changes", "stats?stream=0"])
def test_what_a_paused_container_shows_is_there(api, env, path):
    name = env.share("paused container to read", lambda: pause_container(env))

    answer = api.get(f"/containers/{name}/{path}")

    assert_status(answer, 200)
    assert answer.body


def pause_container(env):
    name = start_script(env, "echo ready; touch /changed; exec sleep 86400", **KILLED_ON_STOP)
    env.post(f"/containers/{name}/pause")
    return name


def read_count(env, name):
    """The answer with the file /count of the container as an archive."""
    return env.client.get(f"/containers/{name}/archive", {"path": "/count"})


def count_lines(env, name):
    """How many bytes the container has written into its layer: its process writes a line every 20 ms."""
    return len(env.require(read_count(env, name)).body.replace(b"\0", b""))


@since("reference/containers-pause-refused")
@pytest.mark.parametrize("action", ["pause", "unpause"])
def test_a_container_that_does_not_run_is_neither_paused_nor_resumed(api, container_in_state, action):
    answer = api.post(f"/containers/{container_in_state('exited').id}/{action}")

    assert_refused(answer)


@since("reference/containers-pause-refused")
@pytest.mark.needs("freezer")
def test_a_paused_container_is_not_paused_again(api, env, container_in_state):
    container = container_in_state("paused").id

    answer = api.post(f"/containers/{container}/pause")

    assert_refused(answer)
    assert at(read_state(env, container), "Paused") is True


@since("reference/containers-start-no-program")
def test_a_program_that_does_not_exist_is_not_started(api, env):
    name = env.create_container("/nosuch")

    answer = api.post(f"/containers/{name}/start")

    assert_refused(answer)
    assert is_running(env, name) is False


@since("reference/containers-start-again")
def test_a_container_that_has_ended_is_started_again(api, env):
    name = env.create_container("sh", "-c", "echo run >> /runs; wc -l < /runs")
    env.start_and_wait(name)

    answer = api.post(f"/containers/{name}/start")

    assert_status(answer, 204)
    assert env.wait_for_end(name, must_write=True).stdout == "1\n2\n"


@since("reference/containers-rename-again")
def test_a_container_is_renamed_and_gets_its_first_name_back(api, env):
    first, second = env.create_container(own_network=True), env.reserve_name("container")
    container = env.adopt("container", at(env.get(f"/containers/{first}/json"), "Id"))

    answer = api.post(f"/containers/{container}/rename", {"name": second})
    between = at(env.get(f"/containers/{container}/json"), "Name")
    again = api.post(f"/containers/{container}/rename", {"name": first})

    assert (answer.status, again.status) == (204, 204)
    assert (between, at(env.get(f"/containers/{container}/json"), "Name")) == (f"/{second}", f"/{first}")


@since("reference/containers-by-short-id")
@pytest.mark.parametrize(
    ("method", "action", "status"),
    [("GET", "json", 200), ("GET", "logs?stdout=1", 200), ("GET", "changes", 200), ("POST", "wait", 200)],
    ids=["inspect", "logs", "changes", "wait"],
)
def test_a_container_is_found_by_the_beginning_of_its_id(api, container_in_state, method, action, status):
    container = container_in_state("exited").id

    answer = api.request(method, f"/containers/{container[:12]}/{action}")

    assert_status(answer, status)


@since("reference/containers-restart-paused")
@pytest.mark.needs("freezer")
def test_a_paused_container_is_started_anew(api, env):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    before = read_state(env, name)
    env.post(f"/containers/{name}/pause")

    answer = api.post(f"/containers/{name}/restart")

    assert_status(answer, 204)
    state = read_state(env, name)
    assert (at(state, "Running"), at(state, "Paused")) == (True, False)
    assert at(state, "StartedAt") != at(before, "StartedAt")


#: What a container was created with, and an update does not name.
KEPT = {
    "Memory": 128 << 20,
    "MemorySwap": 256 << 20,
    "PidsLimit": 40,
    "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2},
}


@since("reference/containers-update-keeps-others")
@pytest.mark.parametrize("member", KEPT)
def test_an_update_leaves_what_it_does_not_name(api, env, member):
    name = env.create_container("sleep", "86400", start=True, HostConfig=KEPT, **KILLED_ON_STOP)

    # A host without swap accounting leaves a limit out.
    before = at(env.get(f"/containers/{name}/json"), "HostConfig", member)

    answer = api.post(f"/containers/{name}/update", json={"CpuShares": 300})

    assert_status(answer, 200)
    host = at(env.get(f"/containers/{name}/json"), "HostConfig")
    assert (at(host, member), at(host, "CpuShares")) == (before, 300)


@since("reference/containers-restart-keeps-policy")
@pytest.mark.parametrize("actions", [["restart"], ["stop", "start"]], ids="-".join)
def test_the_policy_holds_after_the_container_was_started_anew(api, env, actions):
    script = "while ! test -e /end; do sleep 0.05; done; rm /end; sleep 1"
    host = {"RestartPolicy": {"Name": "always"}}
    name = env.create_container("sh", "-c", script, start=True, HostConfig=host, **KILLED_ON_STOP)

    answers = [api.post(f"/containers/{name}/{action}", {"t": 1}) for action in actions]

    assert [answer.status for answer in answers] == [204] * len(actions)
    assert is_running(env, name), "the container does not run"
    first = at(read_state(env, name), "StartedAt")
    env.execute(name, "touch", "/end")
    assert becomes_true(
        lambda: is_running(env, name) and at(read_state(env, name), "StartedAt") != first, 10
    ), "the container was not started again by its policy"


@early
@since("reference/containers-create-restart-delay")
def test_the_delay_doubles_before_each_restart(api, env):
    name = env.reserve_name("container")
    policy = {"Name": "on-failure", "MaximumRetryCount": 5}
    body = env.container_body(
        "sh", "-c", "cut -d' ' -f1 /proc/uptime; exit 1", HostConfig={"RestartPolicy": policy}
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    env.start(name)
    assert becomes_true(lambda: len(payload(env.read_log(name), STDOUT).split()) == 6, 60)
    times = [float(time) for time in payload(env.read_log(name), STDOUT).split()]
    delays = [later - earlier for earlier, later in itertools.pairwise(times)]
    # The engine waits 100, 200, 400, 800 and 1600 ms, and the process takes a while to begin.
    assert delays[3] >= 0.8 and delays[4] >= 1.6, f"expected delays that double from 0.1 s, got {delays}"


@since("reference/containers-pause-refused")
@pytest.mark.needs("freezer")
def test_a_container_that_is_not_paused_is_not_resumed(api, env):
    container = unchanged_container(env, running=True, purpose="not paused")

    answer = api.post(f"/containers/{container}/unpause")

    assert_refused(answer)
    assert is_running(env, container) is True


@since("1.17/rename")
def test_the_new_name_may_stand_behind_a_slash(api, env):
    old, new = env.create_container(own_network=True), env.reserve_name("container")
    container = env.adopt("container", at(env.get(f"/containers/{old}/json"), "Id"))

    answer = api.post(f"/containers/{container}/rename", {"name": f"/{new}"})

    assert_status(answer, 204)
    assert at(env.get(f"/containers/{container}/json"), "Name") == f"/{new}"
