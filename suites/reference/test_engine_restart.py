"""What containers, volumes, networks and images are after their engine was ended and started again."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import STDOUT, becomes_true, is_running, payload
from fixtures.restart import ADDRESS, ADDRESSES, PORTS, wait_until_running


@since("reference/containers-policy-after-restart")
@pytest.mark.parametrize("policy", ["always", "unless-stopped"])
def test_container_runs_again_after_a_restart_of_the_engine(restarted, policy):
    name, before = restarted.names[policy], restarted.before[policy]
    wait_until_running(restarted.engine, name)

    state = at(restarted.engine.api.get(f"/containers/{name}/json").json(), "State")

    assert at(state, "Running") is True, f"expected that the container runs again, got {state}"
    assert at(state, "Pid") != 0
    assert assert_type(state, "StartedAt", str) > at(before, "State.StartedAt")


@since("reference/containers-stopped-after-restart")
def test_container_that_the_user_stopped_stays_down_after_a_restart_of_the_engine(restarted):
    name = restarted.names["stopped by the user"]
    wait_until_running(restarted.engine, restarted.names["unless-stopped"])

    state = at(restarted.engine.api.get(f"/containers/{name}/json").json(), "State")

    assert (at(state, "Running"), at(state, "Restarting")) == (False, False)


@since("reference/containers-no-policy-after-restart")
def test_container_without_a_policy_has_ended_after_a_restart_of_the_engine(restarted):
    name = restarted.names["no"]
    wait_until_running(restarted.engine, restarted.names["always"])

    state = at(restarted.engine.api.get(f"/containers/{name}/json").json(), "State")

    assert (at(state, "Running"), at(state, "Pid")) == (False, 0)
    assert not assert_type(state, "FinishedAt", str).startswith("0001-")


@since("reference/containers-exit-code-after-restart")
@pytest.mark.parametrize(("key", "code"), [("failed", 3), ("succeeded", 0)])
def test_exit_code_and_times_are_kept(restarted, key, code):
    name, before = restarted.names[key], at(restarted.before[key], "State")

    state = at(restarted.engine.api.get(f"/containers/{name}/json").json(), "State")

    assert (at(state, "Running"), at(state, "ExitCode")) == (False, code)
    for time in ("StartedAt", "FinishedAt"):
        assert at(state, time) == at(before, time), f"expected the {time} from before, got {at(state, time)}"


@since("reference/containers-list-after-restart")
def test_list_has_all_containers_by_their_names(restarted):
    rows = array(restarted.engine.api.get("/containers/json", {"all": 1}).json())

    listed = {name: at(row, "Id") for row in rows for name in array(row, "Names")}
    for key, document in restarted.before.items():
        if "State" in document and key != "removed when it ends":
            assert listed.get(f"/{restarted.names[key]}") == at(document, "Id"), f"container: {key}"


@since("reference/containers-configuration-after-restart")
def test_configuration_of_a_container_is_kept(restarted):
    name, before = restarted.names["connected"], restarted.before["connected"]

    document = restarted.engine.api.get(f"/containers/{name}/json").json()

    assert at(document, "Id") == at(before, "Id")
    assert at(document, "Created") == at(before, "Created")
    assert at(document, "Image") == at(before, "Image")
    assert at(document, "Config", "Labels", "colour") == "red"
    assert at(document, "Config.Cmd") == at(before, "Config.Cmd")
    assert at(document, "HostConfig.Binds") == at(before, "HostConfig.Binds")


@since("reference/containers-updated-after-restart")
def test_configuration_is_what_an_update_made_of_it(restarted):
    name = restarted.names["updated"]

    host = at(restarted.engine.api.get(f"/containers/{name}/json").json(), "HostConfig")

    assert at(host, "CpuShares") == 512


@since("reference/containers-log-after-restart")
def test_log_has_the_lines_from_before_and_goes_on(restarted):
    name = restarted.names["always"]
    wait_until_running(restarted.engine, name)

    def lines():
        answer = restarted.engine.api.get(f"/containers/{name}/logs", {"stdout": 1})
        assert_status(answer, 200)
        return payload(answer.frames(), STDOUT).splitlines()

    assert becomes_true(lambda: len(lines()) == 2, 10), (
        f"expected a line of each of two starts, got {lines()}"
    )
    assert lines() == [b"started", b"started"]


@since("reference/containers-files-after-restart")
def test_files_of_a_container_and_of_its_volume_are_kept(restarted):
    name = restarted.names["connected"]

    for path in ("/file", "/data/file"):
        answer = restarted.engine.api.get(f"/containers/{name}/archive", {"path": path})

        assert_status(answer, 200)
        assert b"red\n" in answer.body


@since("reference/containers-network-after-restart")
def test_container_has_its_address_and_names_in_its_network(restarted):
    name = restarted.names["connected"]
    wait_until_running(restarted.engine, name)

    networks = at(restarted.engine.api.get(f"/containers/{name}/json").json(), "NetworkSettings.Networks")

    endpoint = at(networks, restarted.names["network"])
    assert at(endpoint, "IPAddress") == ADDRESS
    assert at(endpoint, "NetworkID") == at(restarted.before["network"], "Id")
    assert "colour" in array(endpoint, "Aliases")


@since("reference/containers-connected-after-restart")
def test_container_is_in_the_networks_that_it_was_connected_to(restarted):
    name = restarted.names["connected later"]
    wait_until_running(restarted.engine, name)

    networks = at(restarted.engine.api.get(f"/containers/{name}/json").json(), "NetworkSettings.Networks")

    assert set(networks or ()) == {"bridge", restarted.names["network"]}
    assert assert_type(networks, (restarted.names["network"], "IPAddress"), str).startswith("10.212.7.")


@since("reference/containers-ports-after-restart")
@pytest.mark.parametrize("port", PORTS)
def test_container_has_its_ports(restarted, port):
    name = restarted.names["connected"]
    wait_until_running(restarted.engine, name)

    ports = at(restarted.engine.api.get(f"/containers/{name}/json").json(), "NetworkSettings.Ports")

    assert at(ports, port) == [{"HostIp": "127.0.0.1", "HostPort": "18080"}]


@since("reference/containers-autoremove-after-restart")
def test_container_that_is_removed_when_it_ends_is_gone(restarted):
    name = restarted.names["removed when it ends"]
    wait_until_running(restarted.engine, restarted.names["always"])

    answer = restarted.engine.api.get(f"/containers/{name}/json")

    assert_status(answer, 404)


@since("reference/volumes-after-restart")
def test_volume_is_kept_with_its_options_and_labels(restarted):
    for key in ("volume", "volume with options"):
        answer = restarted.engine.api.get(f"/volumes/{restarted.names[key]}")

        for member in ("Name", "Driver", "Mountpoint"):
            assert at(answer.json(), member) == at(restarted.before[key], member)


@since("reference/volumes-labels-after-restart")
def test_labels_of_a_volume_are_kept(restarted):
    document = restarted.engine.api.get(f"/volumes/{restarted.names['volume']}").json()

    assert at(document, "Labels", "colour") == "red"


@since("reference/volumes-options-after-restart")
def test_options_of_a_volume_are_kept(restarted):
    document = restarted.engine.api.get(f"/volumes/{restarted.names['volume with options']}").json()

    assert at(document, "Options") == {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}


@since("reference/volumes-createdat-after-restart")
def test_time_of_creation_of_a_volume_is_kept(restarted):
    document = restarted.engine.api.get(f"/volumes/{restarted.names['volume']}").json()

    assert at(document, "CreatedAt") == at(restarted.before["volume"], "CreatedAt")


@since("reference/networks-after-restart")
def test_network_is_kept_with_its_addresses(restarted):
    document = restarted.engine.api.get(f"/networks/{restarted.names['network']}").json()

    for member in ("Id", "Name", "Driver", "Scope"):
        assert at(document, member) == at(restarted.before["network"], member)
    assert at(document, "IPAM.Config") == [ADDRESSES]


@since("reference/networks-options-after-restart")
def test_options_of_a_network_are_kept(restarted):
    internal = restarted.engine.api.get(f"/networks/{restarted.names['internal network']}").json()

    assert at(internal, "Options") == {"com.docker.network.bridge.enable_icc": "false"}


@since("reference/networks-ipam-options-after-restart")
def test_options_of_the_addresses_of_a_network_are_kept(restarted):
    document = restarted.engine.api.get(f"/networks/{restarted.names['network']}").json()

    assert at(document, "IPAM.Options") == {"colour": "red"}


@since("reference/networks-internal-after-restart")
def test_internal_network_stays_internal(restarted):
    document = restarted.engine.api.get(f"/networks/{restarted.names['internal network']}").json()

    assert at(document, "Internal") is True


@since("reference/networks-labels-after-restart")
def test_labels_of_a_network_are_kept(restarted):
    document = restarted.engine.api.get(f"/networks/{restarted.names['network']}").json()

    assert at(document, "Labels", "colour") == "red"


@since("reference/networks-created-after-restart")
def test_time_of_creation_of_a_network_is_kept(restarted):
    document = restarted.engine.api.get(f"/networks/{restarted.names['network']}").json()

    assert at(document, "Created") == at(restarted.before["network"], "Created")


@since("reference/images-after-restart")
def test_image_is_kept_with_its_name(restarted):
    name = restarted.names["image"]

    document = restarted.engine.api.get(f"/images/{name}/json").json()

    assert at(document, "Id") == at(restarted.before["image"], "Id")
    rows = array(restarted.engine.api.get("/images/json").json())
    assert name in [tag for row in rows for tag in at(row, "RepoTags") or []]


@since("reference/containers-live-restore")
def test_container_runs_on_while_the_engine_is_restarted(restarted_live):
    name, before = restarted_live.names["running"], at(restarted_live.before["running"], "State")

    state = at(restarted_live.engine.api.get(f"/containers/{name}/json").json(), "State")

    assert at(state, "Running") is True
    for member in ("Pid", "StartedAt"):
        assert at(state, member) == at(before, member), (
            f"expected the {member} from before, got {at(state, member)}"
        )


@since("reference/containers-live-restore-stop")
def test_container_that_ran_on_can_be_stopped_and_its_code_is_kept(restarted_live):
    name = restarted_live.names["ended by the user"]
    api, env, _ = restarted_live.engine
    ran_on = env.share("whether the container to be stopped ran on", lambda: is_running(env, name))
    assert ran_on is True, "expected that the container ran on, it does not run"
    if not is_running(env, name):  # this check has stopped it in another version
        env.start(name)

    answer = api.post(f"/containers/{name}/stop", {"t": 0})

    assert_status(answer, 204)
    state = at(api.get(f"/containers/{name}/json").json(), "State")
    assert (at(state, "Running"), at(state, "ExitCode")) == (False, 137)


@since("reference/containers-live-restore-address")
def test_container_that_ran_on_keeps_its_address(restarted_live):
    name, before = restarted_live.names["with a network"], restarted_live.before["with a network"]

    networks = at(
        restarted_live.engine.api.get(f"/containers/{name}/json").json(), "NetworkSettings.Networks"
    )

    address = at(networks, "bridge", "IPAddress")
    assert address == at(before, "NetworkSettings.Networks.bridge.IPAddress")
    other = restarted_live.engine.env.create_container(
        "sleep", "86400", HostConfig={"NetworkMode": "bridge"}, StopSignal="SIGKILL", start=True
    )
    document = restarted_live.engine.env.get(f"/containers/{other}/json")
    assert at(document, "NetworkSettings.Networks.bridge.IPAddress") not in ("", address)


@since("reference/containers-live-restore-log")
def test_log_of_a_container_that_ran_on_goes_on(restarted_live):
    name = restarted_live.names["printing"]

    def count():
        answer = restarted_live.engine.api.get(f"/containers/{name}/logs", {"stdout": 1})
        return payload(answer.frames(), STDOUT).count(b"tick")

    first = count()
    assert first > 0
    assert becomes_true(lambda: count() > first, 10), f"expected more than {first} lines in the end"


@since("reference/containers-live-restore-wait")
def test_exit_of_a_container_that_ran_on_is_noticed(restarted_live):
    api, env, _ = restarted_live.engine
    name = restarted_live.names["ends in a while"]
    if at(env.get(f"/containers/{name}/json"), "State.Running") is True:
        env.execute(name, "touch", "/end")

    answer = api.post(f"/containers/{name}/wait")

    assert at(answer.json(), "StatusCode") == 7
