"""POST /containers/create, as API v1.24 changed it: what it refuses, and what its HostConfig takes."""

import pytest

from conformance import adopt_if_created, assert_status, at, before, since
from conformance.testing import assert_starts, import_image, run_created
from fixtures.limits import MIB


@pytest.fixture
def image_without_command(env):
    """The name of an image that has no command."""
    return env.share("image without a command", lambda: import_image(env, b"no program\n"))


@since("1.24/create-no-command")
@pytest.mark.parametrize("members", [{}, {"Cmd": []}], ids=["missing", "empty"])
def test_container_without_a_command_is_a_bad_parameter(api, env, image_without_command, members):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json={"Image": image_without_command, **members})

    assert_status(answer, 400)
    assert_status(env.client.get(f"/containers/{name}/json"), 404)


@before("1.24/create-no-command")
def test_container_without_a_command_is_an_error_of_the_server(api, env, image_without_command):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json={"Image": image_without_command})

    assert_status(answer, 500)


@since("1.24/create-hostname-valid")
@pytest.mark.parametrize("hostname", ["under_score", "exclamation!", "-hyphen", "two..dots"])
def test_hostname_that_rfc_1123_forbids_is_refused(api, env, hostname):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body(Hostname=hostname))

    adopt_if_created(env, "container", answer)
    assert_status(answer, 400)


@since("1.24/create-hostname-valid")
@pytest.mark.parametrize("hostname", ["word", "with-hyphen", "7days", "two.words"])
def test_hostname_that_rfc_1123_allows_is_taken(api, env, hostname):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body("hostname", Hostname=hostname)
    )

    assert_status(answer, 201)
    assert run_created(env, name).stdout == f"{hostname}\n"


@since("1.24/hostconfig-sysctls")
def test_kernel_parameters_are_those_of_the_process(api, env):
    name = env.reserve_name("container")

    files = [f"/proc/sys/{path}" for path in ("net/core/somaxconn", "kernel/msgmax")]
    host = {"NetworkMode": "bridge", "Sysctls": {"net.core.somaxconn": "256", "kernel.msgmax": "9999"}}
    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body("cat", *files, HostConfig=host)
    )

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split() == ["256", "9999"]


@since("1.24/hostconfig-pidmode-container")
@pytest.mark.parametrize("by", ["name", "id"])
def test_process_sees_those_of_the_other_container(api, env, by):
    container = at(env.get(f"/containers/{env.idle_container()}/json"), "Name").lstrip("/")
    other, name = container if by == "name" else env.idle_container(), env.reserve_name("container")

    body = env.container_body("cat", "/proc/1/cmdline", HostConfig={"PidMode": f"container:{other}"})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split("\0")[:2] == ["sleep", "86400"]


@since("1.24/hostconfig-storageopt")
def test_no_more_than_the_size_can_be_written(api, env):
    name = env.reserve_name("container")

    fill = "dd if=/dev/zero of=/full bs=1M count=96 2>/dev/null; wc -c < /full"
    body = env.container_body("sh", "-c", fill, HostConfig={"StorageOpt": {"size": str(64 * MIB)}})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert 32 * MIB < int(run_created(env, name).stdout) <= 64 * MIB


@since("1.24/create-linklocalips")
def test_container_has_the_addresses_for_links(api, env, addresses_inside, on_two_networks):
    name, network = env.reserve_name("container"), on_two_networks.networks[0]

    endpoint = {"IPAMConfig": {"LinkLocalIPs": ["169.254.34.68"]}}
    body = env.container_body(
        "sleep",
        "86400",
        HostConfig={"NetworkMode": network},
        NetworkingConfig={"EndpointsConfig": {network: endpoint}},
        StopSignal="SIGKILL",
    )
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert "169.254.34.68" in {str(address.ip) for address in addresses_inside(name)}
