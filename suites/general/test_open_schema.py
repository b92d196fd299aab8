"""Unknown properties and query parameters, which a daemon ignores."""

import pytest

from conformance import at, since
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
"""Members of /info that the reference of 1.14 has already and that no other user of the daemon changes."""


@since("general/unknown-properties-ignored")
def test_create_drops_properties_at_the_top(api, env):
    name = env.reserve_name("container")
    body = env.container_body(Env=["KNOWN=counts"], **UNKNOWN)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert answer.status == 201
    shown = at(env.client.get(f"/containers/{name}/json").json(), "Config.Env")
    assert isinstance(shown, list) and "KNOWN=counts" in shown, f"the environment is {shown!r}"


@since("general/unknown-properties-ignored-in-host-config")
def test_create_drops_properties_of_host_config(api, env):
    name = env.reserve_name("container")
    body = env.container_body(HostConfig={**UNKNOWN, "CapAdd": ["NET_ADMIN"]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert answer.status == 201
    added = at(env.client.get(f"/containers/{name}/json").json(), "HostConfig.CapAdd")
    assert added in (["NET_ADMIN"], ["CAP_NET_ADMIN"])


@since("general/unknown-properties-ignored-at-start")
def test_start_drops_properties(api, env):
    name = env.create_container(*SHOW_STATUS)

    answer = api.post(f"/containers/{name}/start", json=start_body(env, **UNKNOWN, CapAdd=["NET_ADMIN"]))

    assert answer.status == 204
    assert "NET_ADMIN" in read_capabilities(finish_started(env, name).stdout)


@since("general/unknown-query-parameters-ignored")
@pytest.mark.parametrize("value", ["1", ""], ids=["value", "empty"])
def test_info_is_the_same_with_an_unknown_parameter(api, value):
    plain, odd = (api.get("/info", query) for query in (None, {"dockerconf-unknown": value}))

    assert (plain.status, odd.status) == (200, 200)
    told = [{name: at(answer.json(), name) for name in STEADY} for answer in (plain, odd)]
    assert told[0] == told[1]


@since("general/unknown-query-parameters-ignored")
def test_list_is_the_same_with_an_unknown_parameter(api, env):
    container = unchanged_container(env, running=False)

    answers = [
        api.get("/containers/json", {"all": "1", **query}) for query in ({}, {"dockerconf-unknown": "1"})
    ]

    assert [answer.status for answer in answers] == [200, 200]
    plain, odd = ([row for row in answer.json() if at(row, "Id") == container] for answer in answers)
    assert len(plain) == 1
    assert plain == odd
