"""The end of a container: kill, stop, wait and removal."""

import time
from threading import Thread

import pytest

from conformance import assert_refused, assert_status, assert_type, at, early, since
from conformance.testing import (
    KILLED_ON_STOP,
    becomes_true,
    is_running,
    unchanged_container,
    wait_for_log,
)
from fixtures.processes import IGNORES_TERM, read_state, start_script
from fixtures.volumes import find_volume

#: Ends with 7 on SIGINT, with 8 on SIGUSR1 and with 9 on SIGTERM; a handler runs when a short sleep has ended.
_HANDLERS = (
    "trap 'exit 7' INT; trap 'exit 8' USR1; trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"
)


@since("reference/containers-kill")
def test_kill_ends_the_process_before_it_answers(api, env):
    name = env.create_container("sleep", "86400", start=True)

    answer = api.post(f"/containers/{name}/kill")

    state = read_state(env, name)
    assert_status(answer, 204)
    assert (at(state, "Running"), at(state, "ExitCode")) == (False, 137)


@since("reference/containers-kill-signal")
@pytest.mark.parametrize(
    ("signal", "code"), [("SIGINT", 7), ("INT", 7), ("2", 7), ("SIGUSR1", 8), ("10", 8), ("SIGKILL", 137)]
)
def test_kill_sends_the_signal(api, env, signal, code):
    name = start_script(env, _HANDLERS)

    answer = api.post(f"/containers/{name}/kill", {"signal": signal})

    assert_status(answer, 204)
    assert env.wait_for_exit(name) == code


@since("reference/containers-kill-signal")
def test_a_signal_that_the_process_survives_leaves_the_container_running(api, env):
    name = start_script(env, IGNORES_TERM)

    answer = api.post(f"/containers/{name}/kill", {"signal": "SIGTERM"})

    assert_status(answer, 204)
    assert is_running(env, name) is True


@since("reference/containers-stop-time")
def test_stop_kills_a_process_that_ignores_it_after_the_time(api, env):
    name = start_script(env, IGNORES_TERM)
    begun = time.monotonic()

    answer = api.post(f"/containers/{name}/stop", {"t": 1})

    seconds = time.monotonic() - begun
    state = read_state(env, name)
    assert_status(answer, 204)
    assert (at(state, "Running"), at(state, "ExitCode")) == (False, 137)
    assert 0.9 <= seconds < 8, f"expected the container to be killed after 1 s, got {seconds:.1f} s"


@since("reference/containers-stop-time")
def test_stop_does_not_kill_a_process_that_ends_in_time(api, env):
    name = start_script(env, _HANDLERS)

    answer = api.post(f"/containers/{name}/stop", {"t": 10})

    assert_status(answer, 204)
    assert at(read_state(env, name), "ExitCode") == 9


@since("reference/containers-wait")
@pytest.mark.parametrize("code", [0, 3, 255])
def test_wait_tells_the_exit_code_of_a_process_that_has_ended(api, env, code):
    name = env.share(("container that ended with", code), lambda: end_with(env, code))

    answer = api.post(f"/containers/{name}/wait")

    assert_status(answer, 200)
    assert assert_type(answer.json(), "StatusCode", int) == code


@since("reference/containers-wait")
def test_wait_tells_the_exit_code_of_a_killed_process(api, env):
    name = env.create_container("sleep", "86400", start=True)
    env.post(f"/containers/{name}/kill")

    answer = api.post(f"/containers/{name}/wait")

    assert at(answer.json(), "StatusCode") == 137


def end_with(env, code):
    name = env.create_container("sh", "-c", f"exit {code}")
    env.start_and_wait(name)
    return name


@since("reference/containers-wait-blocks")
def test_two_clients_wait_until_the_process_ends(api, env):
    name = env.create_container(
        "sh", "-c", "while ! test -e /go; do sleep 0.05; done; exit 4", start=True, **KILLED_ON_STOP
    )
    waiting = [api.apart() for _ in range(2)]
    threads = [
        Thread(target=client.post, args=(f"/containers/{name}/wait",), daemon=True) for client in waiting
    ]

    for thread in threads:
        thread.start()
    time.sleep(0.3)
    early = [not thread.is_alive() for thread in threads]
    env.execute(name, "touch", "/go")
    for thread in threads:
        thread.join(20)

    answers = [row.response for row in api.transcript if row.request.path.endswith("/wait")]
    assert early == [False, False], "an answer came while the process ran"
    assert [at(answer.json(), "StatusCode") for answer in answers if answer is not None] == [4, 4]


@since("reference/containers-remove-link")
@pytest.mark.parametrize("link", ["1", "True", "true"])
def test_removal_of_a_link_leaves_both_containers(api, env, link):
    target = env.create_container(HostConfig={"NetworkMode": "bridge"})
    source = env.create_container(HostConfig={"NetworkMode": "bridge", "Links": [f"{target}:alias"]})

    answer = api.delete(f"/containers/{source}/alias", {"link": link})

    assert_status(answer, 204)
    shown = env.get(f"/containers/{source}/json")
    assert not at(shown, "HostConfig", "Links"), "the container still has the link"
    assert_status(env.client.get(f"/containers/{target}/json"), 200)


@since("reference/containers-stop-time")
def test_stop_kills_at_once_when_the_time_is_zero(api, env):
    name = start_script(env, IGNORES_TERM)
    begun = time.monotonic()

    answer = api.post(f"/containers/{name}/stop", {"t": 0})

    seconds = time.monotonic() - begun
    assert_status(answer, 204)
    assert is_running(env, name) is False
    assert seconds < 8, f"expected the container to be killed at once, got {seconds:.1f} s"


@since("reference/containers-kill-unknown-signal")
@pytest.mark.parametrize("signal", ["SIGNOSUCH", "999", "nonsense"])
def test_a_signal_that_does_not_exist_is_refused_and_the_process_goes_on(api, env, signal):
    name = unchanged_container(env, running=True, purpose="unknown signal")

    answer = api.post(f"/containers/{name}/kill", {"signal": signal})

    assert_refused(answer)
    assert is_running(env, name) is True


@since("reference/containers-kill-stopped")
def test_a_container_that_does_not_run_cannot_be_killed(api, container_in_state):
    answer = api.post(f"/containers/{container_in_state('exited').id}/kill")

    assert_refused(answer)


@since("reference/containers-stop-with-policy")
@pytest.mark.parametrize("policy", ["always", "on-failure"])
def test_a_container_that_was_stopped_is_not_restarted(api, env, policy):
    host = {"RestartPolicy": {"Name": policy}}
    name = env.create_container("sleep", "86400", start=True, HostConfig=host, **KILLED_ON_STOP)

    answer = api.post(f"/containers/{name}/stop", {"t": 1})

    assert_status(answer, 204)
    assert not becomes_true(lambda: is_running(env, name) is True, 0.5), "the container was started again"


@since("reference/containers-wait")
def test_the_container_has_ended_when_wait_answers(api, env):
    name = env.create_container("sh", "-c", "sleep 0.3; exit 6", start=True, **KILLED_ON_STOP)

    answer = api.post(f"/containers/{name}/wait")

    state = read_state(env, name)
    assert at(answer.json(), "StatusCode") == 6
    assert (at(state, "Running"), at(state, "ExitCode")) == (False, 6)


@since("reference/containers-remove-paused")
@pytest.mark.needs("freezer")
def test_a_paused_container_is_removed_with_force(api, env):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    env.post(f"/containers/{name}/pause")

    answer = api.delete(f"/containers/{name}", {"force": 1})

    assert_status(answer, 204)
    assert_status(env.client.get(f"/containers/{name}/json"), 404)


@since("reference/containers-stop-paused")
@pytest.mark.needs("freezer")
@pytest.mark.parametrize("action", ["stop", "kill"])
def test_a_paused_container_is_ended(api, env, action):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    env.post(f"/containers/{name}/pause")

    answer = api.post(f"/containers/{name}/{action}")

    assert_status(answer, 204)
    assert becomes_true(lambda: is_running(env, name) is False, 10), f"the process goes on after a {action}"
    assert at(read_state(env, name), "Paused") is False


@since("reference/containers-wait-removed-by-force")
def test_wait_ends_when_the_container_is_removed_by_force(api, env):
    name = env.create_container("sleep", "86400", start=True)
    answers = []
    waiting = Thread(target=lambda: answers.append(api.apart().post(f"/containers/{name}/wait")), daemon=True)
    waiting.start()
    time.sleep(1)  # no version has a sign that the daemon has begun to wait

    env.require(env.client.delete(f"/containers/{name}", {"force": 1}))

    waiting.join(30)
    assert answers, "expected an answer to wait within 30 s of the removal, got none"
    assert_status(answers[0], 200)
    assert at(answers[0].json(), "StatusCode") == 137


@since("reference/containers-stop-exit-code")
@pytest.mark.parametrize(
    ("script", "signal", "code"),
    [(_HANDLERS, "SIGTERM", 9), (_HANDLERS, "SIGINT", 7), (IGNORES_TERM, "SIGTERM", 137)],
    ids=["handler", "another signal", "killed"],
)
def test_state_has_the_code_with_which_a_stopped_process_ended(api, env, script, signal, code):
    name = start_script(env, script, StopSignal=signal)
    env.post(f"/containers/{name}/stop", {"t": 1})

    state = at(api.get(f"/containers/{name}/json").json(), "State")

    assert (at(state, "Running"), at(state, "ExitCode")) == (False, code)


@since("reference/containers-remove-frees-the-name")
def test_the_name_of_a_removed_container_is_free(api, env):
    name = env.create_container()

    answer = api.delete(f"/containers/{name}")

    assert_status(answer, 204)
    assert_status(env.client.get(f"/containers/{name}/json"), 404)
    assert_status(env.client.post("/containers/create", {"name": name}, json=env.container_body()), 201)


@since("1.21/stopsignal")
def test_restart_stops_with_the_signal_too(api, env):
    script = "test -e /ran && exec sleep 86400; touch /ran; trap 'echo got USR2; exit 0' USR2; echo ready; while :; do sleep 0.05; done"
    name = start_script(env, script, StopSignal="SIGUSR2")

    answer = api.post(f"/containers/{name}/restart", {"t": 10})

    assert_status(answer, 204)
    wait_for_log(env, name, b"ready\ngot USR2\n")


@since("reference/containers-stop-with-policy-state")
@pytest.mark.parametrize("policy", ["always", "unless-stopped"])
def test_a_stopped_container_with_a_policy_has_exited(api, env, policy):
    host = {"RestartPolicy": {"Name": policy}}
    name = env.create_container("sleep", "86400", start=True, HostConfig=host, **KILLED_ON_STOP)
    env.post(f"/containers/{name}/stop?t=1")

    document = api.get(f"/containers/{name}/json").json()

    state = at(document, "State")
    assert (at(state, "Status"), at(state, "Running"), at(state, "Restarting")) == ("exited", False, False)


@early
@since("reference/containers-stop-default-time")
def test_a_process_is_killed_after_ten_seconds_by_default(api, env):
    name = start_script(env, IGNORES_TERM)
    begun = time.monotonic()

    answer = api.post(f"/containers/{name}/stop")

    seconds = time.monotonic() - begun
    assert_status(answer, 204)
    assert 9 <= seconds < 25, f"expected the process to be killed after 10 s, got {seconds:.1f} s"


@since("reference/containers-stop-terminal")
def test_a_container_whose_terminal_was_left_is_stopped(api, env):
    name = env.create_container("sleep", "86400", start=True, Tty=True, OpenStdin=True, **KILLED_ON_STOP)
    with env.client.hijack("POST", f"/containers/{name}/attach?stream=1&stdin=1&stdout=1"):
        pass

    answer = api.post(f"/containers/{name}/stop", {"t": 1})

    assert_status(answer, 204)
    assert is_running(env, name) is False


@since("1.14/remove-volumes")
def test_the_volumes_of_a_running_container_go_with_it(api, env, volume_exists):
    name = env.create_container("sleep", "86400", start=True, Volumes={"/data": {}}, **KILLED_ON_STOP)
    volume = find_volume(env, name, "/data")

    answer = api.delete(f"/containers/{name}", {"force": 1, "v": 1})

    assert_status(answer, 204)
    assert not volume_exists(volume), "the volume is still there"
