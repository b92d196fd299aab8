"""GET /containers/json: what a row says of a container."""

import time
from datetime import datetime

import pytest

from conformance import ABSENT, array, assert_status, assert_type, at, before, since
from fixtures.container_states import EXIT_CODE, STATES, WRITTEN
from fixtures.parameters import FALSE, TRUE
from fixtures.rows import list_ids


def get_row(api, container, **query):
    """The one row of a container in the list of all containers."""
    rows = array(api.get("/containers/json", {"all": "1", **query}).json())
    found = [row for row in rows if at(row, "Id") == container]
    assert len(found) == 1, f"expected one row of the container, got {len(found)}"
    return found[0]


@since("reference/containers-list-mounts-bind")
def test_row_has_the_folder_of_the_host_that_is_mounted(api, env, host_folder):
    name = env.share(
        "container with a folder of the host",
        lambda: env.create_container(HostConfig={"Binds": [f"{host_folder}:/data:ro"]}),
    )
    container = at(env.get(f"/containers/{name}/json"), "Id")

    mounts = array(get_row(api, container), "Mounts")

    assert len(mounts) == 1, f"expected one mount, got {mounts}"
    (mount,) = mounts
    assert (at(mount, "Source"), at(mount, "Destination")) == (host_folder, "/data")
    assert at(mount, "RW") is False


@since("reference/containers-list-empty")
def test_an_engine_without_containers_lists_none(further_engine):
    answer = further_engine("without containers").api.get("/containers/json", {"all": 1})

    assert_status(answer, 200)
    assert answer.json() == []


@since("1.15/containers-list-names")
@pytest.mark.parametrize("state", STATES)
def test_row_has_the_name_behind_a_slash(api, container_in_state, state):
    container = container_in_state(state)

    row = get_row(api, container.id)

    assert at(row, "Names") == [f"/{container.name}"]


@since("reference/containers-list-image")
@pytest.mark.parametrize("state", STATES)
def test_row_has_the_image_by_the_name_that_create_was_given(api, container_in_state, state):
    container = container_in_state(state)

    row = get_row(api, container.id)

    image = assert_type(row, "Image", str)
    assert image.removeprefix("docker.io/library/").removeprefix("localhost/") == container.image


@since("reference/containers-list-command")
@pytest.mark.parametrize("state", STATES)
def test_row_has_the_command_as_one_string(api, container_in_state, state):
    container = container_in_state(state)

    row = get_row(api, container.id)

    command = assert_type(row, "Command", str)
    assert command.startswith("sh -c "), f"Command: expected 'sh -c ...', got {command!r}"


@since("reference/containers-list-created")
@pytest.mark.parametrize("state", STATES)
def test_row_has_the_time_of_creation_in_unix_seconds(api, env, container_in_state, state):
    container = container_in_state(state)
    created = datetime.fromisoformat(at(env.get(f"/containers/{container.id}/json"), "Created"))

    row = get_row(api, container.id)

    assert assert_type(row, "Created", int) == int(created.timestamp())


@since("reference/containers-list-status")
@pytest.mark.parametrize("state", STATES)
def test_row_describes_the_state_in_a_string(api, container_in_state, state):
    row = get_row(api, container_in_state(state).id)

    assert_type(row, "Status", str)


@since("reference/containers-list-status")
def test_status_tells_a_container_that_runs_from_one_that_has_ended(api, container_in_state):
    running, exited = (get_row(api, container_in_state(state).id) for state in ("running", "exited"))

    assert at(running, "Status") and at(exited, "Status"), "Status: expected words, got an empty string"
    assert at(running, "Status") != at(exited, "Status")


@since("reference/containers-list-status")
def test_status_of_a_container_that_has_ended_tells_its_exit_code(api, container_in_state):
    row = get_row(api, container_in_state("exited").id)

    assert str(EXIT_CODE) in assert_type(row, "Status", str)


@pytest.fixture
def published_container(env):
    """The id of a running container that publishes its port 7 on a port that the engine chooses."""

    def make():
        name = env.create_container(
            "sleep",
            "86400",
            start=True,
            StopSignal="SIGKILL",
            ExposedPorts={"7/tcp": {}},
            HostConfig={"PortBindings": {"7/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}},
        )
        return at(env.get(f"/containers/{name}/json"), "Id")

    return env.share("container that publishes a port", make)


@since("reference/containers-list-ports")
def test_row_has_the_published_port(api, env, published_container):
    bindings = at(env.get(f"/containers/{published_container}/json"), "NetworkSettings", "Ports")["7/tcp"]

    row = get_row(api, published_container)

    ports = array(row, "Ports")
    assert [(at(port, "PrivatePort"), at(port, "PublicPort"), at(port, "Type")) for port in ports] == [
        (7, int(bindings[0]["HostPort"]), "tcp")
    ]


@since("reference/containers-list-ports")
@pytest.mark.parametrize("state", STATES)
def test_row_of_a_container_without_ports_has_an_empty_array(api, container_in_state, state):
    row = get_row(api, container_in_state(state).id)

    assert array(row, "Ports") == []


@since("reference/containers-list-size")
@pytest.mark.parametrize("value", TRUE)
@pytest.mark.parametrize("state", ["running", "exited"])
def test_size_adds_what_the_container_has_written_and_the_whole(api, container_in_state, state, value):
    row = get_row(api, container_in_state(state).id, size=value)

    written = assert_type(row, "SizeRw", int)
    whole = assert_type(row, "SizeRootFs", int)
    assert written >= WRITTEN, f"SizeRw: expected at least {WRITTEN}, got {written}"
    assert whole >= written, f"SizeRootFs: expected at least SizeRw ({written}), got {whole}"


@since("reference/containers-list-answer")
def test_list_is_json(api, container_in_state):
    container_in_state("running")

    answer = api.get("/containers/json")

    assert_status(answer, 200)
    assert answer.media_type == "application/json"
    array(answer.json())


@since("reference/containers-list-id")
@pytest.mark.parametrize("state", STATES)
def test_row_has_the_id_by_which_inspect_finds_the_container(api, env, container_in_state, state):
    container = container_in_state(state)

    rows = array(api.get("/containers/json", {"all": 1}).json())

    row = next((row for row in rows if f"/{container.name}" in (at(row, "Names") or [])), None)
    assert row is not None, f"expected a row of the container, got {len(rows)} others"
    found = env.client.get(f"/containers/{assert_type(row, 'Id', str)}/json")
    assert_status(found, 200)
    assert at(found.json(), "Name") == f"/{container.name}"


@since("reference/containers-list-labels")
@pytest.mark.parametrize("state", STATES)
def test_row_has_every_label_in_every_state(api, container_in_state, state):
    container = container_in_state(state)

    row = get_row(api, container.id)

    assert at(assert_type(row, "Labels", dict), container.state_label) == state


@since("reference/containers-list-labels")
def test_row_has_a_dozen_labels(api, env):
    labels = {f"dockerconf.label-{number:02}": f"value {number}" for number in range(12)}
    name = env.share("container with a dozen labels", lambda: env.create_container(Labels=labels))
    container = at(env.get(f"/containers/{name}/json"), "Id")

    row = get_row(api, container)

    assert labels.items() <= assert_type(row, "Labels", dict).items()


@since("reference/containers-list-image-id")
@pytest.mark.parametrize("state", STATES)
def test_row_has_the_id_of_the_image_in_every_state(api, env, container_in_state, state):
    container = container_in_state(state)
    image = at(env.get(f"/images/{container.image}/json"), "Id")

    row = get_row(api, container.id)

    assert assert_type(row, "ImageID", str).removeprefix("sha256:") == image.removeprefix("sha256:")


@since("reference/containers-list-ports")
def test_row_has_the_protocol_of_a_port(api, env):
    def make():
        name = env.create_container(
            "sleep",
            "86400",
            start=True,
            StopSignal="SIGKILL",
            ExposedPorts={"9/udp": {}},
            HostConfig={"PortBindings": {"9/udp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}},
        )
        return at(env.get(f"/containers/{name}/json"), "Id")

    row = get_row(api, env.share("container that publishes a port of UDP", make))

    assert [(at(port, "PrivatePort"), at(port, "Type")) for port in array(row, "Ports")] == [(9, "udp")]
    assert assert_type(row, ("Ports", 0, "PublicPort"), int) > 0


@since("reference/containers-list-health")
@pytest.mark.parametrize("health", ["none", "starting", "healthy", "unhealthy"])
def test_list_has_the_health_of_a_container(api, container_with_health, health):
    row = get_row(api, container_with_health(health))

    assert at(row, "Health", "Status") == health
    assert (assert_type(row, ("Health", "FailingStreak"), int) > 0) is (health == "unhealthy")


@before("reference/containers-list-health")
def test_list_has_no_health(api, container_with_health):
    assert at(get_row(api, container_with_health("none")), "Health") is ABSENT


@since("reference/containers-list-network-mode")
@pytest.mark.parametrize("mode", ["none", "host", "own"])
def test_list_has_the_mode_of_the_network(api, env, local_network, mode):
    mode = local_network if mode == "own" else mode

    def make():
        name = env.create_container(HostConfig={"NetworkMode": mode, "UsernsMode": "host"})
        return at(env.get(f"/containers/{name}/json"), "Id")

    container = env.share(("container listed on the network", mode), make)

    row = get_row(api, container)

    assert at(row, "HostConfig", "NetworkMode") == mode


@since("reference/containers-list-size-default")
@pytest.mark.parametrize("query", [{}, *({"size": value} for value in FALSE)], ids=str)
def test_sizes_are_left_out_unless_they_are_asked_for(api, container_in_state, query):
    row = get_row(api, container_in_state("running").id, **query)

    assert not at(row, "SizeRw") and not at(row, "SizeRootFs")


@since("reference/containers-list-command-whole")
def test_row_has_every_word_of_the_command(api, env):
    def make():
        name = env.create_container("echo", "one", "two")
        return at(env.get(f"/containers/{name}/json"), "Id")

    row = get_row(api, env.share("container with a command of words", make))

    assert at(row, "Command") == "echo one two"


#: So many restarts that an engine with the documented delays needs minutes for them.
RESTARTS = 12


@pytest.fixture
def restarting_container(env):
    """Looks while a container waits for its next restart; returns its id and what `look` returned."""

    def make():
        policy = {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": RESTARTS}}
        return env.create_container("false", start=True, HostConfig=policy)

    def inspect(name):
        document = env.get(f"/containers/{name}/json")
        return at(document, "State", "Restarting") is True, at(document, "RestartCount"), at(document, "Id")

    def find(look):
        name = env.share("container that always fails", make)
        for _ in range(50):
            before = inspect(name)
            if before[0]:
                seen = look(before[2])
                if inspect(name) == before:
                    return before[2], seen
            if before[1] == RESTARTS:
                break
            time.sleep(0.2)
        raise AssertionError("the container does not wait before its restarts")

    return find


@since("reference/containers-restarting")
def test_a_container_that_waits_for_its_restart_is_restarting(api, restarting_container):
    _, document = restarting_container(lambda container: api.get(f"/containers/{container}/json").json())

    state = at(document, "State")
    assert (at(state, "Restarting"), at(state, "Paused"), at(state, "ExitCode")) == (True, False, 1)


@since("reference/containers-restarting")
@pytest.mark.parametrize(("status", "kept"), [("restarting", True), ("exited", False), ("paused", False)])
def test_filter_status_finds_a_container_that_waits_for_its_restart(api, restarting_container, status, kept):
    container, listed = restarting_container(
        lambda _: list_ids(api, "/containers/json", all=1, filters={"status": [status]})
    )

    assert (container in listed) is kept


@since("reference/containers-restarting")
def test_row_of_a_container_that_waits_for_its_restart_is_whole(api, restarting_container):
    _, row = restarting_container(lambda container: get_row(api, container))

    assert (at(row, "Command"), array(row, "Ports")) == ("false", [])
    assert "1" in assert_type(row, "Status", str)


@since("reference/containers-list-size")
def test_size_stands_beside_limit_and_filters(api, container_in_state):
    container = container_in_state("exited")

    rows = array(
        api.get(
            "/containers/json",
            {"limit": 1, "size": 1, "filters": {"label": [f"{container.state_label}=exited"]}},
        ).json()
    )

    assert [(at(row, "Id"), assert_type(row, "SizeRw", int) >= WRITTEN) for row in rows] == [
        (container.id, True)
    ]
