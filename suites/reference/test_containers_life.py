"""What ends, stops, restarts, pauses and waits for a container, as the references describe it."""

import itertools
import time
from threading import Thread

import pytest

from conformance import array, assert_refused, assert_status, assert_type, at, early, since
from conformance.testing import (
    KILLED_ON_STOP,
    STDOUT,
    becomes_true,
    is_running,
    payload,
    unchanged_container,
    unpack,
    wait_for_log,
)
from fixtures.volumes import find_volume

#: Ends with 7 on SIGINT, with 8 on SIGUSR1 and with 9 on SIGTERM; a handler runs when a short sleep has ended.
_HANDLERS = (
    "trap 'exit 7' INT; trap 'exit 8' USR1; trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"
)
_IGNORES_TERM = "trap '' TERM; echo ready; while :; do sleep 0.05; done"


def start_script(env, script, **members):
    """Start a shell that runs `script`, and wait until it has written; returns the container's name."""
    name = env.create_container("sh", "-c", script, start=True, **members)
    wait_for_log(env, name, b"ready")
    return name


def read_state(env, name):
    return at(env.get(f"/containers/{name}/json"), "State")


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
    name = start_script(env, _IGNORES_TERM)

    answer = api.post(f"/containers/{name}/kill", {"signal": "SIGTERM"})

    assert_status(answer, 204)
    assert is_running(env, name) is True


@since("reference/containers-stop-time")
def test_stop_kills_a_process_that_ignores_it_after_the_time(api, env):
    name = start_script(env, _IGNORES_TERM)
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
    name = start_script(env, _IGNORES_TERM)
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


def count_lines(env, name):
    """How many bytes the container has written into its layer: its process writes a line every 20 ms."""
    row = env.client.get(f"/containers/{name}/archive", {"path": "/count"})
    return len(env.require(row).body.replace(b"\0", b""))


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


@pytest.fixture
def two_processes(env):
    """The name of a container in which two processes run: a shell and a sleep."""

    def make():
        return env.create_container(
            "sh", "-c", "sleep 54321 & exec sleep 12345", start=True, **KILLED_ON_STOP
        )

    return env.share("container with two processes", make)


@since("reference/containers-top")
@pytest.mark.needs("cgroups")
def test_top_has_a_row_for_each_process_and_as_many_columns_as_titles(api, two_processes):
    document = api.get(f"/containers/{two_processes}/top").json()

    titles = assert_type(document, "Titles", list)
    rows = assert_type(document, "Processes", list)
    assert titles and {type(title) for title in titles} == {str}
    assert [len(row) for row in rows] == [len(titles)] * 2, (
        f"expected 2 rows of {len(titles)} columns, got {rows}"
    )
    assert sorted(str(row[-1]) for row in rows) == ["sleep 12345", "sleep 54321"]


@since("reference/containers-top-ps-args")
@pytest.mark.needs("cgroups")
def test_top_takes_arguments_of_ps(api, two_processes):
    document = api.get(f"/containers/{two_processes}/top", {"ps_args": "-o pid,args"}).json()

    assert len(assert_type(document, "Titles", list)) == 2
    assert {len(row) for row in assert_type(document, "Processes", list)} == {2}


@pytest.fixture
def changed_container(env):
    """The name of a container whose process has changed one file of its image, added one and deleted one."""

    def make():
        script = "echo more >> /etc/group; echo new > /tmp/added; rm /fixtures/file"
        name = env.create_container("sh", "-c", script)
        assert env.start_and_wait(name).exit_code == 0, "the process could not change its files"
        return name

    return env.share("container with changed files", make)


@since("reference/containers-changes")
@pytest.mark.parametrize(
    ("path", "kind"), [("/etc/group", 0), ("/etc", 0), ("/tmp/added", 1), ("/fixtures/file", 2)]
)
def test_changes_tells_what_happened_to_a_path(api, changed_container, path, kind):
    document = api.get(f"/containers/{changed_container}/changes").json()

    kinds = [at(row, "Kind") for row in document if at(row, "Path") == path]
    assert kinds == [kind], f"{path}: expected one row of Kind {kind}, got {kinds}"


@since("reference/containers-changes")
def test_changes_leaves_out_what_is_unchanged(api, changed_container):
    document = api.get(f"/containers/{changed_container}/changes").json()

    paths = {at(row, "Path") for row in document}
    assert not {"/etc/passwd", "/fixtures/script", "/bin/busybox"} & paths


@since("reference/containers-changes-unknown")
def test_changes_of_an_unknown_container_are_not_found(api, env):
    answer = api.get(f"/containers/{env.prefix}absent/changes")

    assert_status(answer, 404)


@since("reference/containers-resize")
@pytest.mark.parametrize("size", [{"h": 40, "w": 80}, {"h": 50, "w": 120}], ids=["40x80", "50x120"])
def test_resize_of_a_terminal_succeeds(api, env, size):
    name = env.share(
        "container with a terminal",
        lambda: env.create_container("sleep", "86400", start=True, Tty=True, **KILLED_ON_STOP),
    )

    answer = api.post(f"/containers/{name}/resize", size)

    assert_status(answer, 200)


@since("reference/containers-resize")
def test_resize_of_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}absent/resize", {"h": 40, "w": 80})

    assert_status(answer, 404)


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


@since("reference/containers-export")
def test_export_is_a_tar_archive_of_the_file_system(api, changed_container):
    answer = api.get(f"/containers/{changed_container}/export")

    assert_status(answer, 200)
    files = unpack(answer.body)
    assert files["tmp/added"].content == b"new\n"
    assert "fixtures/file" not in files and "etc/passwd" in files


@since("reference/containers-export-type")
def test_the_type_of_an_export_is_that_of_bytes(api, changed_container):
    answer = api.get(f"/containers/{changed_container}/export")

    assert answer.header("Content-Type") == "application/octet-stream"


@since("reference/containers-stop-time")
def test_stop_kills_at_once_when_the_time_is_zero(api, env):
    name = start_script(env, _IGNORES_TERM)
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


@since("reference/containers-top-default")
@pytest.mark.needs("cgroups")
def test_top_shows_without_arguments_what_ef_shows(api, two_processes):
    default = api.get(f"/containers/{two_processes}/top").json()
    chosen = api.get(f"/containers/{two_processes}/top", {"ps_args": "-ef"}).json()

    assert at(default, "Titles") == at(chosen, "Titles")


@since("reference/containers-top-default")
@pytest.mark.parametrize("title", ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"])
@pytest.mark.needs("cgroups")
def test_top_has_the_column(api, two_processes, title):
    document = api.get(f"/containers/{two_processes}/top").json()

    assert title in array(document, "Titles")


@since("reference/containers-top-stopped")
@pytest.mark.parametrize("state", ["created", "exited"])
def test_top_of_a_container_that_does_not_run_is_a_conflict(api, container_in_state, state):
    answer = api.get(f"/containers/{container_in_state(state).id}/top")

    assert_status(answer, 409)


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
    first, second = env.create_container(), env.reserve_name("container")
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


#: Requests about a running container, each with its status of success, that take the beginning of an id.
BY_ID = [
    ("GET", "/top", None, 200),
    ("GET", "/export", None, 200),
    ("GET", "/stats?stream=0", None, 200),
    ("POST", "/start", None, 304),
    ("POST", "/stop?t=0", None, 204),
    ("POST", "/restart?t=0", None, 204),
    ("POST", "/kill", None, 204),
    ("POST", "/resize?h=24&w=80", None, 200),
    ("POST", "/exec", {"Cmd": ["true"], "AttachStdout": True}, 201),
    ("POST", "/attach?logs=1&stdout=1", None, 200),
    ("DELETE", "?force=1", None, 204),
]


@since("reference/containers-actions-by-short-id")
@pytest.mark.parametrize(
    ("method", "action", "body", "status"), BY_ID, ids=[action[:8] for _, action, _, _ in BY_ID]
)
def test_an_action_takes_the_beginning_of_an_id(api, env, method, action, body, status):
    name = env.create_container("sh", start=True, Tty=True, OpenStdin=True, **KILLED_ON_STOP)
    container = at(env.get(f"/containers/{name}/json"), "Id")

    answer = api.request(method, f"/containers/{container[:12]}{action}", json=body)

    assert_status(answer, status)


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
    assert becomes_true(lambda: is_running(env, name) is False), f"the process goes on after a {action}"
    assert at(read_state(env, name), "Paused") is False


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


@since("reference/containers-wait-removed-by-force")
def test_wait_ends_when_the_container_is_removed_by_force(api, env):
    name = env.create_container("sleep", "86400", start=True)
    answers = []
    waiting = Thread(target=lambda: answers.append(api.apart().post(f"/containers/{name}/wait")), daemon=True)
    waiting.start()
    time.sleep(0.3)

    env.require(env.client.delete(f"/containers/{name}", {"force": 1}))

    waiting.join(10)
    assert answers, "expected an answer to wait within 10 s of the removal, got none"
    assert_status(answers[0], 200)
    assert at(answers[0].json(), "StatusCode") == 137


@since("reference/containers-stop-exit-code")
@pytest.mark.parametrize(
    ("script", "signal", "code"),
    [(_HANDLERS, "SIGTERM", 9), (_HANDLERS, "SIGINT", 7), (_IGNORES_TERM, "SIGTERM", 137)],
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
    name = start_script(env, _IGNORES_TERM)
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


@since("reference/containers-top-ps-args")
@pytest.mark.needs("cgroups")
def test_top_has_the_columns_of_aux(api, two_processes):
    document = api.get(f"/containers/{two_processes}/top", {"ps_args": "aux"}).json()

    assert {"USER", "PID", "%CPU", "%MEM", "STAT", "COMMAND"} <= set(array(document, "Titles"))
    assert sorted(str(row[-1]) for row in array(document, "Processes")) == ["sleep 12345", "sleep 54321"]


@since("reference/containers-changes-none")
def test_a_container_that_has_changed_nothing_has_no_rows(api, container_in_state):
    answer = api.get(f"/containers/{container_in_state('created').id}/changes")

    assert_status(answer, 200)
    assert not answer.json()


@since("reference/containers-changes-running")
@pytest.mark.parametrize(
    ("path", "kind"), [("/made", 1), ("/made/inner", 1), ("/fixtures", 0), ("/fixtures/dir", 2)]
)
def test_changes_of_a_running_container_have_its_folders(api, env, path, kind):
    def make():
        script = "mkdir -p /made/inner; rm -r /fixtures/dir; echo ready; exec sleep 86400"
        return start_script(env, script, **KILLED_ON_STOP)

    name = env.share("running container with changed folders", make)

    document = api.get(f"/containers/{name}/changes").json()

    assert [at(row, "Kind") for row in document if at(row, "Path") == path] == [kind]


@since("reference/containers-export-whole")
@pytest.mark.parametrize("state", ["running", "exited"])
def test_an_export_keeps_links_modes_and_owners(api, env, state):
    def make():
        script = (
            "echo here > /sent; chown 1000:29 /sent; chmod 4750 /sent; ln -s sent /pointing; "
            f"echo ready; {'exec sleep 86400' if state == 'running' else 'true'}"
        )
        return start_script(env, script, **KILLED_ON_STOP)

    name = env.share(("container with a file of another owner", state), make)

    files = unpack(api.get(f"/containers/{name}/export").body)

    sent, pointing = files["sent"], files["pointing"]
    assert (sent.content, sent.mode & 0o7777, sent.uid, sent.gid) == (b"here\n", 0o4750, 1000, 29)
    assert pointing.target == "sent"


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
    old, new = env.create_container(), env.reserve_name("container")
    container = env.adopt("container", at(env.get(f"/containers/{old}/json"), "Id"))

    answer = api.post(f"/containers/{container}/rename", {"name": f"/{new}"})

    assert_status(answer, 204)
    assert at(env.get(f"/containers/{container}/json"), "Name") == f"/{new}"


@since("1.14/remove-volumes")
def test_the_volumes_of_a_running_container_go_with_it(api, env, volume_exists):
    name = env.create_container("sleep", "86400", start=True, Volumes={"/data": {}}, **KILLED_ON_STOP)
    volume = find_volume(env, name, "/data")

    answer = api.delete(f"/containers/{name}", {"force": 1, "v": 1})

    assert_status(answer, 204)
    assert not volume_exists(volume), "the volume is still there"
