"""Members of the bodies of requests: what the document also has in the answer of an inspection is shown there as it was sent.

Each body has the members that the document of its version has; see ``fixtures/members.py`` for all of them.
"""

import pytest

from conformance import (
    array,
    assert_documented,
    assert_members_shown,
    assert_status,
    assert_type,
    at,
    documented_members,
    since,
)
from fixtures.members import COMMITTED, CONTAINERS, FOREIGN_OF_NEW, FOREIGN_OF_UPDATE, LIMITS


@since("reference/members-container-create")
@pytest.mark.parametrize("about", list(CONTAINERS))
def test_new_container_shows_what_it_was_created_with(api, env, about):
    name = env.reserve_name()
    body = {**env.container_body("true", own_network=True), **CONTAINERS[about]}

    body = documented_members(api, "POST /containers/create", body)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    host = body.pop("HostConfig", {})
    del body["Image"]  # an engine may show its name or its id
    shown = api.get(f"/containers/{name}/json")
    assert_members_shown(api, shown, "GET /containers/(id)/json", {"Config": body, "HostConfig": host})


@since("reference/members-container-foreign")
def test_container_is_created_with_members_that_mean_nothing_on_its_host(api, env):
    name = env.reserve_name()
    body = {**env.container_body("true", own_network=True), "HostConfig": FOREIGN_OF_NEW}
    body |= {"MacAddress": "02:42:ac:11:00:07", "ArgsEscaped": True}

    body = documented_members(api, "POST /containers/create", body)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_documented(api, api.get(f"/containers/{name}/json"), "GET /containers/(id)/json")


@since("reference/members-container-endpoint")
def test_new_container_shows_its_endpoint(api, env, endpoint):
    name, (network, members) = env.reserve_name(), endpoint
    body = env.container_body("true", own_network=True)
    body |= {
        "HostConfig": {"NetworkMode": network},
        "NetworkingConfig": {"EndpointsConfig": {network: members}},
    }

    body = documented_members(api, "POST /containers/create", body)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = api.get(f"/containers/{name}/json")
    networks = {"NetworkSettings": {"Networks": body["NetworkingConfig"]["EndpointsConfig"]}}
    assert_members_shown(api, shown, "GET /containers/(id)/json", networks)


@since("reference/members-container-update")
def test_container_shows_the_limits_that_it_was_updated_to(api, env):
    name = env.create_container("true")

    body = documented_members(api, "POST /containers/(id)/update", LIMITS)
    answer = api.post(f"/containers/{name}/update", json=body)

    assert_status(answer, 200)
    shown = api.get(f"/containers/{name}/json")
    assert_members_shown(api, shown, "GET /containers/(id)/json", {"HostConfig": body})


@since("reference/members-container-update-foreign")
def test_container_is_updated_with_members_that_change_nothing(api, env):
    name = env.create_container("true")

    body = documented_members(api, "POST /containers/(id)/update", FOREIGN_OF_UPDATE)
    answer = api.post(f"/containers/{name}/update", json=body)

    assert_status(answer, 200)


@since("reference/members-exec-create")
def test_new_exec_shows_what_it_was_created_with(api, env):
    container = env.idle_container()
    body = {
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Tty": True,
        "Privileged": True,
        "User": "root",
        "Cmd": ["sh", "-c", "true"],
        "Env": ["COLOUR=red"],
        "WorkingDir": "/tmp",
        "DetachKeys": "ctrl-x",
        "ConsoleSize": [10, 20],
    }

    body = documented_members(api, "POST /containers/(id)/exec", body)
    answer = api.post(f"/containers/{container}/exec", json=body)

    assert_status(answer, 201)
    shown = api.get(f"/exec/{assert_type(answer.json(), 'Id', str)}/json")
    process = {
        "tty": True,
        "privileged": True,
        "user": "root",
        "entrypoint": "sh",
        "arguments": ["-c", "true"],
    }
    members = {"OpenStdin": True, "OpenStdout": True, "OpenStderr": True, "ProcessConfig": process}
    assert_members_shown(api, shown, "GET /exec/(id)/json", members)


@since("reference/members-commit")
def test_committed_image_shows_what_it_was_given(api, env):
    container = env.create_container("true")
    repo, _, tag = env.reserve_name("image").rpartition(":")
    changed = {**COMMITTED, "Labels": {**env.labels, "colour": "red"}}

    body = documented_members(api, "POST /commit", changed)
    answer = api.post("/commit", {"container": container, "repo": repo, "tag": tag}, json=body)

    assert_status(answer, 201)
    shown = api.get(f"/images/{repo}:{tag}/json")
    assert_members_shown(api, shown, "GET /images/(name)/json", {"Config": body})


@since("reference/members-network-create")
def test_new_network_shows_what_it_was_created_with(api, env, pools):
    name = env.reserve_name("network")
    body = {
        "Name": name,
        "CheckDuplicate": True,
        "Driver": "bridge",
        "Internal": True,
        "Attachable": True,
        "Ingress": False,
        "Scope": "local",
        "ConfigOnly": False,
        "EnableIPv4": True,
        "EnableIPv6": True,
        "Options": {"com.docker.network.bridge.enable_icc": "true"},
        "Labels": {**env.labels, "colour": "red"},
        "IPAM": {"Driver": "default", "Config": pools, "Options": {}},
    }

    body = documented_members(api, "POST /networks/create", body)
    answer = api.post("/networks/create", json=body)

    assert_status(answer, 201)
    shown = api.get(f"/networks/{name}")
    assert_members_shown(api, shown, "GET /networks/(id)", body)


@since("reference/members-network-connect")
def test_connected_container_shows_its_endpoint(api, env, endpoint):
    name, (network, members) = env.create_container("true", HostConfig={"NetworkMode": "bridge"}), endpoint

    body = {"Container": name, "EndpointConfig": members}
    body = documented_members(api, "POST /networks/(id)/connect", body)
    answer = api.post(f"/networks/{network}/connect", json=body)

    assert_status(answer, 200)
    shown = api.get(f"/containers/{name}/json")
    networks = {"NetworkSettings": {"Networks": {network: body["EndpointConfig"]}}}
    assert_members_shown(api, shown, "GET /containers/(id)/json", networks)


@since("reference/members-volume-create")
def test_new_volume_shows_what_it_was_created_with(api, env):
    name = env.reserve_name("volume")
    body = {
        "Name": name,
        "Driver": "local",
        "DriverOpts": {"type": "tmpfs", "device": "tmpfs", "o": "size=65536"},
        "Labels": {**env.labels, "colour": "red"},
    }

    body = documented_members(api, "POST /volumes/create", body)
    answer = api.post("/volumes/create", json=body)

    assert_status(answer, 201)
    shown = api.get(f"/volumes/{name}")
    members = {**body, "Options": body["DriverOpts"]}
    assert_members_shown(api, shown, "GET /volumes/(name)", members)


#: Members of the documents up to v1.24 for kernels or hosts that this one need not be.
OLD_FOREIGN = {
    "BlkioWeightDevice": [{"Path": "/dev/null", "Weight": 300}],
    "CpuPercent": 0,
    "IOMaximumBandwidth": 0,
    "IOMaximumIOps": 0,
    "StorageOpt": {},
}


@since("reference/members-old-container-foreign")
def test_container_is_created_with_members_of_other_hosts(api, env):
    name = env.reserve_name()
    body = env.container_body("true", HostConfig={**OLD_FOREIGN, "CapAdd": ["NET_ADMIN"]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = api.get(f"/containers/{name}/json").json()
    assert array(shown, "HostConfig", "CapAdd") in (["NET_ADMIN"], ["CAP_NET_ADMIN"])


@since("reference/members-old-update-foreign")
def test_container_is_updated_with_limits_that_say_nothing(api, env):
    name = env.create_container("true")

    answer = api.post(
        f"/containers/{name}/update", json={"BlkioWeight": 0, "KernelMemory": 0, "CpuShares": 300}
    )

    assert_status(answer, 200)
    assert at(api.get(f"/containers/{name}/json").json(), "HostConfig", "CpuShares") == 300
