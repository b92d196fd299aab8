"""HostConfig in POST /containers/create, as API v1.15 added it beside POST /containers/(id)/start."""

import pytest

from conformance import after, at, before, since
from conformance.process import STATUS, capabilities
from conformance.stage.claims import ended, joined

ADDED = {"CapAdd": ["NET_ADMIN"]}


def create(api, stage, host):
    """Create a container whose process shows its capabilities through `api`; returns its name."""
    name = stage.name("container")
    assert (
        api.post("/containers/create", {"name": name}, json=stage.body(*STATUS, HostConfig=host)).status
        == 201
    )
    return name


@since("1.15/create-takes-host-config")
@pytest.mark.parametrize(
    ("member", "value"),
    [("CapAdd", ["NET_ADMIN"]), ("Dns", ["192.0.2.7"]), ("Privileged", True), ("PublishAllPorts", True)],
    ids=["list", "addresses", "Privileged", "PublishAllPorts"],
)
def test_inspect_shows_it_before_the_first_start(api, stage, member, value):
    name = stage.name("container")
    body = stage.body(HostConfig={"NetworkMode": "bridge", member: value})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert answer.status == 201
    shown = at(api.get(f"/containers/{name}/json").json(), "HostConfig", member)
    assert shown in (value, ["CAP_NET_ADMIN"]) if member == "CapAdd" else shown == value


@since("1.15/create-takes-host-config")
def test_a_start_without_a_body_applies_it(api, stage):
    name = create(api, stage, ADDED)

    answer = api.post(f"/containers/{name}/start")

    assert answer.status == 204
    assert "NET_ADMIN" in capabilities(ended(stage, name).out)


@before("1.15/create-takes-host-config")
def test_create_does_not_apply_it(api, stage):
    name = create(api, stage, ADDED)

    answer = api.post(f"/containers/{name}/start")

    assert answer.status == 204
    assert "NET_ADMIN" not in capabilities(ended(stage, name).out)


@since("1.15/start-still-takes-host-config")
def test_start_applies_it(api, stage):
    name = stage.container(*STATUS)

    answer = api.post(f"/containers/{name}/start", json=joined(stage, **ADDED))

    assert answer.status == 204
    assert "NET_ADMIN" in capabilities(ended(stage, name).out)


@after("1.15/start-still-takes-host-config")
def test_start_does_not_apply_it(api, stage):
    name = stage.container(*STATUS)

    api.post(f"/containers/{name}/start", json=joined(stage, **ADDED))

    stage.client.post(f"/containers/{name}/start")
    assert "NET_ADMIN" not in capabilities(stage.finished(name).out)
