"""Unknown properties and query parameters, which a daemon ignores."""

import pytest

from conformance import assert_status, assert_type, at, since
from conformance.testing import (
    SHOW_STATUS,
    finish_started,
    read_capabilities,
    start_body,
    unchanged_container,
)

UNKNOWN = {
    "DockerconfText": "x",
    "DockerconfObject": {"a": [1, None]},
    "DockerconfNull": None,
    "DockerconfList": [[]],
}
STEADY = (
    "Driver",
    "KernelVersion",
    "IndexServerAddress",
    "Debug",
    "MemoryLimit",
    "SwapLimit",
    "IPv4Forwarding",
)
"""Members of /info in the reference of 1.14 that no other user of the daemon changes."""


@since("general/unknown-properties-ignored")
def test_create_drops_properties_at_the_top(api, env):
    name = env.reserve_name("container")
    body = env.container_body(Env=["KNOWN=counts"], **UNKNOWN)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    document = env.client.get(f"/containers/{name}/json").json()
    assert "KNOWN=counts" in assert_type(document, "Config.Env", list)


#: Members of a create body that inspect shows as they were sent.
KNOWN = {
    "Cmd": ["echo", "known"],
    "Hostname": "known",
    "OpenStdin": True,
    "Tty": True,
    "User": "tester",
    "WorkingDir": "/tmp",
}


@since("general/unknown-properties-ignored")
@pytest.mark.parametrize("member", sorted(KNOWN))
def test_every_known_property_counts_beside_unknown_ones(api, env, member):
    name = env.reserve_name("container")
    body = {**env.container_body(own_network=True), **KNOWN, **UNKNOWN}

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    document = env.client.get(f"/containers/{name}/json").json()
    assert at(document, "Config", member) == KNOWN[member]


@since("general/unknown-properties-ignored-in-host-config")
def test_create_drops_properties_of_host_config(api, env):
    name = env.reserve_name("container")
    body = env.container_body(HostConfig={**UNKNOWN, "CapAdd": ["NET_ADMIN"]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    added = at(env.client.get(f"/containers/{name}/json").json(), "HostConfig.CapAdd")
    assert added in (["NET_ADMIN"], ["CAP_NET_ADMIN"])


@since("general/unknown-properties-ignored-at-start")
def test_start_drops_properties(api, env):
    name = env.create_container(*SHOW_STATUS)

    answer = api.post(f"/containers/{name}/start", json=start_body(env, **UNKNOWN, CapAdd=["NET_ADMIN"]))

    assert_status(answer, 204)
    assert "NET_ADMIN" in read_capabilities(finish_started(env, name).stdout)


@since("general/unknown-query-parameters-ignored")
@pytest.mark.parametrize("value", ["1", ""], ids=["value", "empty"])
def test_info_is_the_same_with_an_unknown_parameter(api, value):
    plain, odd = (api.get("/info", query) for query in (None, {"dockerconf-unknown": value}))

    assert_status(plain, 200)
    assert_status(odd, 200)
    shown = [{name: at(answer.json(), name) for name in STEADY} for answer in (plain, odd)]
    assert shown[0] == shown[1]


@since("general/unknown-query-parameters-ignored")
def test_list_is_the_same_with_an_unknown_parameter(api, env):
    container = unchanged_container(env, running=False)

    answers = [
        api.get("/containers/json", {"all": "1", **query}) for query in ({}, {"dockerconf-unknown": "1"})
    ]

    for answer in answers:
        assert_status(answer, 200)
    plain, odd = ([row for row in answer.json() if at(row, "Id") == container] for answer in answers)
    assert len(plain) == 1
    assert plain == odd
