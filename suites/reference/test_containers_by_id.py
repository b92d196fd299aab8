"""What is asked of a container by its whole id and by the beginning of its id, action by action."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import KILLED_ON_STOP, TAR, Member, pack, unpack
from fixtures.processes import read_state

BY = pytest.mark.parametrize("digits", [64, 12], ids=["id", "short id"])


def create(env, *, start=True, **options):
    """Create a container that the check may change; returns its id."""
    name = env.create_container("sleep", "86400", start=start, **KILLED_ON_STOP, **options)
    return at(env.get(f"/containers/{name}/json"), "Id")


@since("reference/containers-act-by-id")
@BY
def test_a_container_is_started_stopped_and_started_anew(api, env, digits):
    container = create(env, start=False)

    answers, running = [], []
    for action in ("start", "stop", "restart", "kill"):
        answers.append(api.post(f"/containers/{container[:digits]}/{action}").status)
        running.append(at(read_state(env, container), "Running"))

    assert answers == [204] * 4
    assert running == [True, False, True, False]


@since("reference/containers-act-by-id")
@pytest.mark.needs("freezer")
@BY
def test_a_container_is_paused_and_resumed(api, env, digits):
    container = create(env)

    answers, paused = [], []
    for action in ("pause", "unpause"):
        answers.append(api.post(f"/containers/{container[:digits]}/{action}").status)
        paused.append(at(read_state(env, container), "Paused"))

    assert (answers, paused) == ([204, 204], [True, False])


@since("reference/containers-act-by-id")
@BY
def test_a_container_is_removed(api, env, digits):
    container = create(env, start=False)

    answer = api.delete(f"/containers/{container[:digits]}")

    assert_status(answer, 204)
    assert_status(env.client.get(f"/containers/{container}/json"), 404)


@since("1.16/container-resize")
@BY
def test_the_terminal_of_a_container_gets_a_size(api, env, digits):
    options = {"Tty": True, "OpenStdin": True, **KILLED_ON_STOP}
    name = env.share("shell with a terminal", lambda: env.create_container("sh", start=True, **options))
    container = at(env.get(f"/containers/{name}/json"), "Id")

    answer = api.post(f"/containers/{container[:digits]}/resize", {"h": 30, "w": 90})

    assert_status(answer, 200)


@since("1.17/rename")
@BY
def test_a_container_is_renamed(api, env, digits):
    # engines up to 1.13 do not rename a container that has joined the network of another
    container, name = create(env, start=False, own_network=True), env.reserve_name("container")

    answer = api.post(f"/containers/{container[:digits]}/rename", {"name": name})

    assert_status(answer, 204)
    assert at(env.get(f"/containers/{container}/json"), "Name") == f"/{name}"


@since("1.15/exec-create")
@BY
def test_a_command_is_prepared_in_a_container(api, env, digits):
    container = env.idle_container()

    answer = api.post(f"/containers/{container[:digits]}/exec", json={"Cmd": ["true"]})

    assert_status(answer, 201)
    instance = assert_type(answer.json(), "Id", str)
    assert at(env.get(f"/exec/{instance}/json"), "ContainerID") == container


@since("reference/containers-act-by-id")
@pytest.mark.needs("cgroups")
@BY
def test_processes_of_a_container_are_listed(api, env, digits):
    answer = api.get(f"/containers/{env.idle_container()[:digits]}/top")

    assert_status(answer, 200)
    assert len(array(answer.json(), "Processes")) > 0


@since("reference/containers-act-by-id")
@BY
def test_the_file_system_of_a_container_is_exported(api, env, digits):
    answer = api.get(f"/containers/{env.idle_container()[:digits]}/export")

    assert_status(answer, 200)
    assert "etc/passwd" in unpack(answer.body)


@since("1.20/archive-get")
@BY
def test_files_of_a_container_are_read_and_written(api, env, digits):
    container = create(env, start=False)
    path = f"/containers/{container[:digits]}/archive"

    put = api.put(path, {"path": "/tmp"}, body=pack(Member("sent", b"sent\n")), headers=TAR)
    head = api.head(path, {"path": "/tmp/sent"})
    got = api.get(path, {"path": "/tmp/sent"})

    assert [answer.status for answer in (put, head, got)] == [200] * 3
    assert unpack(got.body)["sent"].content == b"sent\n"


@since("reference/containers-act-by-id")
@BY
def test_an_image_is_made_of_a_container(api, env, digits):
    name = env.reserve_name("image")
    repo, _, tag = name.rpartition(":")
    query = {"container": env.idle_container()[:digits], "repo": repo, "tag": tag}

    answer = api.post("/commit", query, json={"Labels": env.labels})

    assert_status(answer, 201)
    assert_status(env.client.get(f"/images/{name}/json"), 200)


@since("reference/containers-act-by-id")
@BY
def test_a_client_attaches_to_a_container(api, env, container_with_output, digits):
    container = at(env.get(f"/containers/{container_with_output}/json"), "Id")
    path = f"/containers/{container[:digits]}/attach"

    with api.hijack("POST", path, {"logs": 1, "stream": 0, "stdout": 1}, headers=()) as attached:
        attached.rest(10)

    assert_status(attached.response, 200)
    assert b"out\n" in attached.response.body


@since("1.19/stats-stream-false")
@BY
def test_statistics_of_a_container_are_read(api, env, digits):
    answer = api.get(f"/containers/{env.idle_container()[:digits]}/stats", {"stream": 0})

    assert_status(answer, 200)
    assert at(answer.json(), "read")
