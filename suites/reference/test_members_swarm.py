"""Members of the bodies of requests about a swarm: what the document also has in an inspection is shown there as it was sent."""

import secrets

import pytest

from conformance import assert_members_shown, assert_status, assert_type, documented_members, since
from fixtures.members import SWARM
from fixtures.swarm import (
    REPLICAS,
    create_config,
    create_secret,
    create_service,
    edit,
    encode,
    leave_swarm,
    merge,
    service_body,
    swarm_addresses,
)
from fixtures.swarm_shapes import (
    BY_NAME,
    NOWHERE,
    SERVICE,
    TEMPLATING,
    credentials,
    in_a_network,
    published,
)


def whole_service(rich_swarm):
    """All members of a service without tasks; its port is its own, as no two services may have the same."""
    objects = in_a_network(rich_swarm.engine.env, rich_swarm.secret, rich_swarm.config, rich_swarm.network)
    port = published(30100 + secrets.randbelow(2000))
    return {**merge(SERVICE, objects), **port, **REPLICAS[0]}


#: What excludes other members of a service, by what it is; no node runs a task of it.
SERVICES = {
    "everything": whole_service,
    "credentials in a file": lambda _: {**credentials(File="credentials"), **REPLICAS[0]},
    "credentials in the registry": lambda _: {**credentials(Registry="credentials"), **REPLICAS[0]},
    "a resource by its name": lambda _: {**BY_NAME, **REPLICAS[0]},
    "on each node": lambda _: {**NOWHERE, "Mode": {"Global": {}}},
    "networks of old": lambda rich: {
        "Networks": [{"Target": rich.network, "Aliases": ["a"], "DriverOpts": {}}],
        **REPLICAS[0],
    },
}
#: Those that a service may also be updated to.
CHANGES = [name for name in SERVICES if name not in ("on each node", "networks of old")]


@since("reference/members-service-create")
@pytest.mark.parametrize("which", list(SERVICES))
def test_new_service_shows_what_it_was_created_with(rich_swarm, which):
    api, env, _ = rich_swarm.engine
    body = service_body(env, **SERVICES[which](rich_swarm))

    body = documented_members(api, "POST /services/create", body)
    answer = api.post("/services/create", json=body)

    assert_status(answer, 201)
    shown = api.get(f"/services/{assert_type(answer.json(), 'ID', str)}")
    assert_members_shown(api, shown, "GET /services/(id)", {"Spec": body})


@since("reference/members-service-bind")
def test_new_service_shows_how_it_binds_a_folder(swarm):
    options = {"CreateMountpoint": True, "ReadOnlyNonRecursive": True}
    mount = {"Type": "bind", "Source": "/dev", "Target": "/devices", "BindOptions": options}
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": {"Mounts": [mount]}}, **REPLICAS[0])

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    shown = swarm.api.get(f"/services/{assert_type(answer.json(), 'ID', str)}")
    assert_members_shown(swarm.api, shown, "GET /services/(id)", {"Spec": body})


@since("reference/members-service-update")
@pytest.mark.parametrize("which", CHANGES)
def test_service_shows_what_it_was_updated_to(rich_swarm, which):
    api, env, _ = rich_swarm.engine
    path = f"/services/{create_service(env, **REPLICAS[0])}"

    query, spec = edit(env, path, **SERVICES[which](rich_swarm))
    body = documented_members(api, "POST /services/(id)/update", spec)
    answer = api.post(f"{path}/update", query, json=body)

    assert_status(answer, 200)
    assert_members_shown(api, api.get(path), "GET /services/(id)", {"Spec": body})


@since("reference/members-secret-create")
def test_new_secret_shows_what_it_was_created_with(rich_swarm):
    api, env, _ = rich_swarm.engine
    body = {"Name": env.reserve_name("secret"), "Labels": {**env.labels, "colour": "red"}}
    body |= {"Data": encode("sesame"), "Templating": TEMPLATING}

    body = documented_members(api, "POST /secrets/create", body)
    answer = api.post("/secrets/create", json=body)

    assert_status(answer, 201)
    del body["Data"]
    shown = api.get(f"/secrets/{assert_type(answer.json(), 'ID', str)}")
    assert_members_shown(api, shown, "GET /secrets/(id)", {"Spec": body})


@pytest.fixture
def templates():
    """Members of a secret whose data is a template."""
    return {"Data": encode("sesame"), "Templating": TEMPLATING}


@pytest.fixture
def drivers(secret_store):
    """Members of a secret whose data a driver keeps."""
    return {"Data": "", "Driver": {"Name": secret_store.name, "Options": {"colour": "red"}}}


@since("reference/members-secret-update")
@pytest.mark.parametrize("members", ["templates", "drivers"])
def test_secret_shows_the_label_that_it_was_updated_to(request, rich_swarm, members):
    api, env, _ = rich_swarm.engine
    path = f"/secrets/{create_secret(env, **request.getfixturevalue(members))}"

    query, spec = edit(env, path, Labels={"colour": "blue"})
    body = documented_members(api, "POST /secrets/(id)/update", spec)
    answer = api.post(f"{path}/update", query, json=body)

    assert_status(answer, 200)
    assert_members_shown(api, api.get(path), "GET /secrets/(id)", {"Spec": body})


@since("reference/members-config-create")
def test_new_config_shows_what_it_was_created_with(rich_swarm):
    api, env, _ = rich_swarm.engine
    body = {"Name": env.reserve_name("config"), "Labels": {**env.labels, "colour": "red"}}
    body |= {"Data": encode("colour=red"), "Templating": TEMPLATING}

    body = documented_members(api, "POST /configs/create", body)
    answer = api.post("/configs/create", json=body)

    assert_status(answer, 201)
    shown = api.get(f"/configs/{assert_type(answer.json(), 'ID', str)}")
    assert_members_shown(api, shown, "GET /configs/(id)", {"Spec": body})


@since("reference/members-config-update")
def test_config_shows_the_label_that_it_was_updated_to(rich_swarm):
    api, env, _ = rich_swarm.engine
    path = f"/configs/{create_config(env, Templating=TEMPLATING)}"

    query, spec = edit(env, path, Labels={"colour": "blue"})
    body = documented_members(api, "POST /configs/(id)/update", spec)
    answer = api.post(f"{path}/update", query, json=body)

    assert_status(answer, 200)
    assert_members_shown(api, api.get(path), "GET /configs/(id)", {"Spec": body})


@since("reference/members-node-update")
def test_node_shows_what_it_was_updated_to(own_swarm):
    api, env, _ = own_swarm
    path = f"/nodes/{env.get('/info')['Swarm']['NodeID']}"

    query, spec = edit(
        env, path, Name="rich", Labels={"colour": "red"}, Role="manager", Availability="active"
    )
    body = documented_members(api, "POST /nodes/(id)/update", spec)
    answer = api.post(f"{path}/update", query, json=body)

    assert_status(answer, 200)
    assert_members_shown(api, api.get(path), "GET /nodes/(id)", {"Spec": body})


@since("reference/members-swarm-init")
def test_new_swarm_shows_what_it_was_begun_with(alone):
    leave_swarm(alone.env)
    body = {**swarm_addresses(), "ForceNewCluster": False, "DataPathAddr": "127.0.0.1", "Spec": SWARM}

    body = documented_members(alone.api, "POST /swarm/init", body)
    answer = alone.api.post("/swarm/init", json=body)

    assert_status(answer, 200)
    del body["Spec"]["TaskDefaults"]
    assert_members_shown(alone.api, alone.api.get("/swarm"), "GET /swarm", {"Spec": body["Spec"]})


@since("reference/members-swarm-update")
def test_swarm_shows_what_it_was_updated_to(own_swarm):
    api, env, _ = own_swarm

    query, spec = edit(env, "/swarm", **SWARM)
    body = documented_members(api, "POST /swarm/update", spec)
    answer = api.post("/swarm/update", query, json=body)

    assert_status(answer, 200)
    del body["TaskDefaults"]
    assert_members_shown(api, api.get("/swarm"), "GET /swarm", {"Spec": body})
