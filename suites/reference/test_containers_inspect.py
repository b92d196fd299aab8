"""GET /containers/(id)/json: what a container was created with, and what became of it."""

import pytest

from conformance import array, assert_status, assert_type, at, known, since
from conformance.testing import KILLED_ON_STOP, familiar_name
from fixtures.container_states import EXIT_CODE, STATES
from fixtures.times import read_time
from fixtures.volumes import find_volume

#: Members of the create body, and of its HostConfig, that inspect shows as they were sent.
CONFIG = {
    "AttachStderr": True,
    "AttachStdin": False,
    "AttachStdout": True,
    "Cmd": ["sleep", "86400"],
    "Domainname": "example.test",
    "Entrypoint": ["/bin/busybox"],
    "Hostname": "somehost",
    "OpenStdin": True,
    "StdinOnce": True,
    "Tty": True,
    "User": "tester",
    "Volumes": {"/anonymous": {}},
    "WorkingDir": "/tmp",
}
HOST = {
    "CapAdd": ["NET_ADMIN"],
    "CapDrop": ["MKNOD"],
    "Dns": ["192.0.2.7"],
    "DnsSearch": ["search.invalid"],
    "ExtraHosts": ["elsewhere:192.0.2.9"],
    "NetworkMode": "bridge",
    "PublishAllPorts": True,
    "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2},
}


@pytest.fixture
def described_container(env):
    """The id of a container that was created with CONFIG and HOST and never started."""

    def make():
        members = {name: value for name, value in CONFIG.items() if name != "Cmd"}
        ports = {"ExposedPorts": {"7/tcp": {}}, "Env": ["GIVEN=yes"]}
        name = env.create_container(*CONFIG["Cmd"], HostConfig=HOST, **members, **ports)
        return at(env.get(f"/containers/{name}/json"), "Id")

    return env.share("container to inspect", make)


@since("reference/containers-inspect-config")
@pytest.mark.parametrize("member", sorted(CONFIG))
def test_config_has_what_create_was_given(api, described_container, member):
    document = api.get(f"/containers/{described_container}/json").json()

    assert known(at(document, "Config", member), CONFIG[member], member) == CONFIG[member]


@since("reference/containers-inspect-config")
def test_config_has_environment_ports_and_image_that_create_was_given(api, env, described_container):
    config = at(api.get(f"/containers/{described_container}/json").json(), "Config")

    assert "GIVEN=yes" in assert_type(config, "Env", list)
    ports = {"7/tcp": {}}
    assert known(at(config, "ExposedPorts"), ports, "ExposedPorts") == ports
    assert at(config, "Image") == at(env.get(f"/containers/{described_container}/json"), "Config", "Image")


@since("reference/containers-inspect-host-config")
@pytest.mark.parametrize("member", sorted(HOST))
def test_host_config_has_what_create_was_given(api, described_container, member):
    document = api.get(f"/containers/{described_container}/json").json()

    shown = at(document, "HostConfig", member)
    # Engines may write a capability with its full name.
    if member in ("CapAdd", "CapDrop") and isinstance(shown, list):
        shown = [str(name).removeprefix("CAP_") for name in shown]
    assert known(shown, HOST[member], member) == HOST[member]


@since("reference/containers-inspect-process")
def test_path_and_args_are_the_process(api, described_container):
    document = api.get(f"/containers/{described_container}/json").json()

    assert (at(document, "Path"), at(document, "Args")) == ("/bin/busybox", ["sleep", "86400"])


@since("reference/containers-inspect-identity")
@pytest.mark.parametrize("by", ["id", "short id", "name"])
def test_a_container_is_found_by_id_and_name(api, container_in_state, by):
    container = container_in_state("running")
    path = {"id": container.id, "short id": container.id[:12], "name": container.name}[by]

    answer = api.get(f"/containers/{path}/json")

    assert_status(answer, 200)
    assert (at(answer.json(), "Id"), at(answer.json(), "Name")) == (container.id, f"/{container.name}")


@since("reference/containers-inspect-identity")
def test_inspect_has_the_id_of_the_image_and_the_time_of_creation(api, env, container_in_state):
    container = container_in_state("running")
    image = at(env.get(f"/images/{container.image}/json"), "Id")

    document = api.get(f"/containers/{container.id}/json").json()

    assert assert_type(document, "Image", str).removeprefix("sha256:") == image.removeprefix("sha256:")
    read_time(document, "Created")


@since("reference/containers-inspect-state")
def test_state_of_a_running_container(api, container_in_state):
    state = at(api.get(f"/containers/{container_in_state('running').id}/json").json(), "State")

    assert (at(state, "Running"), at(state, "Paused"), at(state, "ExitCode")) == (True, False, 0)
    assert assert_type(state, "Pid", int) > 0
    assert read_time(state, "StartedAt").year > 2000


@since("reference/containers-inspect-state")
def test_state_of_a_container_that_has_ended(api, container_in_state):
    state = at(api.get(f"/containers/{container_in_state('exited').id}/json").json(), "State")

    assert (at(state, "Running"), at(state, "Paused"), at(state, "ExitCode")) == (False, False, EXIT_CODE)
    assert at(state, "Pid") == 0
    assert read_time(state, "StartedAt") <= read_time(state, "FinishedAt")


@since("reference/containers-inspect-state")
def test_state_of_a_container_that_was_never_started(api, container_in_state):
    state = at(api.get(f"/containers/{container_in_state('created').id}/json").json(), "State")

    assert (at(state, "Running"), at(state, "Paused"), at(state, "Pid")) == (False, False, 0)


@since("reference/containers-inspect-state")
@pytest.mark.needs("freezer")
def test_state_of_a_paused_container(api, container_in_state):
    state = at(api.get(f"/containers/{container_in_state('paused').id}/json").json(), "State")

    assert (at(state, "Running"), at(state, "Paused")) == (True, True)


@pytest.fixture
def container_with_network(env):
    """The name of a running container on the network that the daemon gives by default."""
    return env.share(
        "container on the default network",
        lambda: env.create_container("sleep", "86400", start=True, own_network=True, **KILLED_ON_STOP),
    )


@since("reference/containers-inspect-network")
def test_network_settings_have_the_address_that_the_process_sees(api, env, container_with_network):
    shown = env.execute(container_with_network, "ip", "-o", "-4", "addr", "show", "eth0").stdout
    route = env.execute(container_with_network, "ip", "route").stdout
    link = env.execute(container_with_network, "cat", "/sys/class/net/eth0/address").stdout.strip()

    settings = at(api.get(f"/containers/{container_with_network}/json").json(), "NetworkSettings")

    address = f"{assert_type(settings, 'IPAddress', str)}/{assert_type(settings, 'IPPrefixLen', int)}"
    assert f" {address} " in shown, f"expected an address of {shown!r}, got {address}"
    assert f"default via {assert_type(settings, 'Gateway', str)} " in route
    assert at(settings, "MacAddress") == link


@since("reference/containers-inspect-files")
@pytest.mark.parametrize("member", ["ResolvConfPath", "HostnamePath", "HostsPath"])
def test_inspect_has_the_path_of_a_file_that_the_engine_keeps(api, container_with_network, member):
    document = api.get(f"/containers/{container_with_network}/json").json()

    assert assert_type(document, member, str).startswith("/")


@since("reference/containers-inspect-driver")
def test_inspect_names_the_storage_driver_of_the_daemon(api, env, container_with_network):
    document = api.get(f"/containers/{container_with_network}/json").json()

    assert assert_type(document, "Driver", str) == at(env.get("/info"), "Driver")


@since("reference/containers-inspect-restart-count")
def test_a_container_that_was_not_restarted_has_the_count_zero(api, container_in_state):
    document = api.get(f"/containers/{container_in_state('exited').id}/json").json()

    assert assert_type(document, "RestartCount", int) == 0


@since("reference/containers-inspect-ports")
def test_ports_shows_where_a_port_is_published_and_which_is_only_exposed(api, env):
    name = env.share(
        "container with a published and an exposed port",
        lambda: env.create_container(
            "sleep",
            "86400",
            start=True,
            own_network=True,
            ExposedPorts={"7/tcp": {}, "8/tcp": {}},
            HostConfig={"PortBindings": {"7/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}},
            **KILLED_ON_STOP,
        ),
    )

    ports = assert_type(api.get(f"/containers/{name}/json").json(), "NetworkSettings.Ports", dict)

    (binding,) = array(ports["7/tcp"])
    assert int(assert_type(binding, "HostPort", str)) > 0
    assert at(binding, "HostIp") == "127.0.0.1"
    assert ports.get("8/tcp", ...) is None, (
        f"8/tcp: expected null, got {ports.get('8/tcp', 'no such member')!r}"
    )


@since("reference/containers-inspect-out-of-memory")
@pytest.mark.parametrize(
    ("state", "killed"),
    [
        ("exited", False),
        pytest.param("out of memory", True, marks=pytest.mark.needs("memory-cgroup")),
    ],
)
def test_state_tells_whether_the_kernel_ended_the_process_for_its_memory(
    api, env, container_in_state, state, killed
):
    if killed:
        name = env.share("container out of memory", lambda: run_out_of_memory(env))
    else:
        name = container_in_state(state).id

    document = api.get(f"/containers/{name}/json").json()

    assert assert_type(document, "State.OOMKilled", bool) is killed


def run_out_of_memory(env):
    """The name of a container whose process was ended by the kernel."""
    limits = {"Memory": 16 << 20, "MemorySwap": 16 << 20}
    script = "until [ -e /go ]; do sleep 0.05; done; exec tail /dev/zero"
    name = env.create_container("sh", "-c", script, start=True, HostConfig=limits)
    env.execute(name, "touch", "/go")
    env.wait_for_exit(name)
    return name


@since("reference/containers-inspect-error")
def test_error_is_empty_where_the_process_started(api, container_in_state):
    document = api.get(f"/containers/{container_in_state('exited').id}/json").json()

    assert at(document, "State", "Error") == ""


@since("reference/containers-inspect-network-mode")
@pytest.mark.parametrize("mode", ["none", "host", "bridge"])
def test_host_config_has_the_mode_of_the_network(api, env, mode):
    name = env.share(
        ("container on the network", mode),
        lambda: env.create_container(HostConfig={"NetworkMode": mode, "UsernsMode": "host"}),
    )

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "HostConfig", "NetworkMode") == mode


@pytest.fixture
def container_with_objects(env, volume_source):
    """The name of a container that was created with volumes, ports and devices, and what it was created with."""

    def make():
        device = {"PathOnHost": "/dev/null", "PathInContainer": "/dev/another", "CgroupPermissions": "rwm"}
        host = {
            "Binds": [f"{find_volume(env, volume_source, '/data').source}:/bound:ro"],
            "Devices": [device],
            "PortBindings": {"7/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18765"}]},
            "Privileged": False,
            "VolumesFrom": [f"{volume_source}:ro"],
        }
        name = env.create_container(ExposedPorts={"7/tcp": {}}, HostConfig=host)
        return name, host

    return env.share("container with objects to inspect", make)


@since("reference/containers-inspect-host-objects")
@pytest.mark.parametrize("member", ["Binds", "Devices", "PortBindings", "Privileged", "VolumesFrom"])
def test_host_config_has_the_objects_that_create_was_given(api, container_with_objects, member):
    container, host = container_with_objects

    document = api.get(f"/containers/{container}/json").json()

    assert known(at(document, "HostConfig", member), host[member], member) == host[member]


@since("reference/containers-inspect-links")
def test_host_config_has_the_links_by_the_names_of_both_containers(api, env):
    def make():
        other = env.create_container(HostConfig={"NetworkMode": "bridge"})
        host = {"Links": [f"{other}:alias"], "NetworkMode": "bridge"}
        return env.create_container(HostConfig=host), other

    name, other = env.share("container with a link to inspect", make)

    document = api.get(f"/containers/{name}/json").json()

    assert array(document, "HostConfig", "Links") == [f"/{other}:/{name}/alias"]


@since("reference/containers-inspect-image-name")
def test_config_has_the_name_by_which_the_image_was_given(api, container_in_state):
    container = container_in_state("running")

    document = api.get(f"/containers/{container.id}/json").json()

    assert familiar_name(assert_type(document, "Config.Image", str)) == container.image


@since("reference/containers-inspect-default-hostname")
def test_the_host_name_is_the_beginning_of_the_id_where_none_was_given(api, env):
    name = env.share("container with a host name of its own", lambda: env.create_container(own_network=True))

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "Config", "Hostname") == assert_type(document, "Id", str)[:12]


@since("reference/containers-inspect-capabilities")
@pytest.mark.parametrize(("member", "name"), [("CapAdd", "NET_ADMIN"), ("CapDrop", "MKNOD")])
def test_capabilities_are_written_as_they_were_given(api, described_container, member, name):
    document = api.get(f"/containers/{described_container}/json").json()

    assert at(document, "HostConfig", member) == [name]


@since("reference/containers-inspect-volumes")
def test_volumes_has_the_place_of_each_volume(api, container_with_mounts):
    document = api.get(f"/containers/{container_with_mounts.container}/json").json()

    assert assert_type(document, "Volumes", dict) == container_with_mounts.places


@since("reference/containers-inspect-volumes-writable")
def test_volumes_rw_tells_which_volumes_may_be_written_to(api, container_with_mounts):
    document = api.get(f"/containers/{container_with_mounts.container}/json").json()

    assert assert_type(document, "VolumesRW", dict) == {"/writable": True, "/readonly": False}


@since("reference/containers-inspect-mounts-volumes-from")
@pytest.mark.parametrize(("suffix", "writable"), [("", True), (":ro", False)], ids=["writable", "read-only"])
def test_mounts_has_the_volumes_of_another_container(api, env, container_with_mounts, suffix, writable):
    source = container_with_mounts.container
    name = env.share(
        ("volumes from", suffix),
        lambda: env.create_container(HostConfig={"VolumesFrom": [f"{source}{suffix}"]}),
    )

    mounts = array(api.get(f"/containers/{name}/json").json(), "Mounts")

    found = {at(mount, "Destination"): (at(mount, "Source"), at(mount, "RW")) for mount in mounts}
    places = container_with_mounts.places
    assert found == {"/writable": (places["/writable"], writable), "/readonly": (places["/readonly"], False)}


@since("reference/containers-inspect-log-path")
def test_log_path_is_shown_when_the_log_does_not_block(api, env):
    log = {"Type": "json-file", "Config": {"mode": "non-blocking"}}
    name = env.create_container("true", HostConfig={"LogConfig": log})
    env.start_and_wait(name)

    document = api.get(f"/containers/{name}/json").json()

    assert assert_type(document, "LogPath", str).startswith("/")


@since("reference/containers-inspect-zero-times")
@pytest.mark.parametrize(
    ("state", "member"), [("running", "FinishedAt"), ("created", "StartedAt"), ("created", "FinishedAt")]
)
def test_what_has_not_happened_has_the_time_zero(api, container_in_state, state, member):
    document = api.get(f"/containers/{container_in_state(state).id}/json").json()

    assert assert_type(document, f"State.{member}", str).startswith("0001-01-01T00:00:00")


@since("reference/containers-inspect-files-content")
@pytest.mark.needs("daemon-host")
@pytest.mark.parametrize(
    ("member", "file"),
    [("ResolvConfPath", "resolv.conf"), ("HostnamePath", "hostname"), ("HostsPath", "hosts")],
    ids=["ResolvConfPath", "HostnamePath", "HostsPath"],
)
def test_the_file_on_the_host_is_that_of_the_container(
    api, env, daemon, container_with_network, member, file
):
    inside = env.execute(container_with_network, "cat", f"/etc/{file}").stdout

    document = api.get(f"/containers/{container_with_network}/json").json()

    path = daemon.root / assert_type(document, member, str).lstrip("/")
    assert path.is_file() and path.read_text() == inside


@since("reference/containers-inspect-states")
@pytest.mark.parametrize("state", STATES)
def test_what_a_container_was_created_with_is_shown_in_every_state(api, container_in_state, state):
    container = container_in_state(state)

    document = api.get(f"/containers/{container.id}/json").json()

    assert (at(document, "Path"), at(document, "Args")) == ("sh", container.command[1:])
    assert at(document, "Config", "Cmd") == container.command
    assert at(document, "Config", "Labels", container.state_label) == state
    assert at(document, "Name") == f"/{container.name}"
