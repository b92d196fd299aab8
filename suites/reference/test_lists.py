"""Lists describe an object as it is inspected, and what repeats a part of another document says the same."""

import pytest

from conformance import array, assert_members_shown, assert_status, assert_type, since
from conformance.testing import exclusively
from fixtures.plugins import UNUSED
from fixtures.rows import find_row
from fixtures.volumes import IN_MEMORY

#: Members of a network of a container that the list of containers has too.
ENDPOINT = ("NetworkID", "EndpointID", "Gateway", "IPAddress", "IPPrefixLen", "MacAddress")


def shown_in(document, *names):
    """Those of the members `names` that a document has."""
    return {name: document[name] for name in names if name in document}


def without(document, *names):
    """A document without the members `names`."""
    return {name: value for name, value in document.items() if name not in names}


@pytest.fixture
def mounting_container(env):
    """The name of a container with a volume, which is never started."""
    return env.share(
        "mounting container",
        lambda: env.create_container(HostConfig={"Binds": [f"{env.create_volume()}:/data:ro"]}),
    )


@pytest.fixture
def volume_in_memory(env):
    """The name of a volume with options and labels."""
    labels = {**env.labels, "colour": "red"}
    return env.share("volume in memory", lambda: env.create_volume(DriverOpts=IN_MEMORY, Labels=labels))


@since("reference/lists-services")
@pytest.mark.parametrize("which", ["rich", "updated", "config", "job"])
def test_service_is_listed_as_it_is_inspected(rich_swarm, which):
    api, service = rich_swarm.engine.api, rich_swarm.services[which]
    inspected = api.get(f"/services/{service}").json()

    answer = api.get("/services", {"filters": {"id": [service]}})

    assert_members_shown(api, answer, "GET /services", [inspected])


@since("reference/lists-tasks")
@pytest.mark.parametrize("which", ["rich", "given", "config", "job"])
def test_task_is_listed_as_it_is_inspected(rich_swarm, which):
    api, task = rich_swarm.engine.api, rich_swarm.tasks[which]
    inspected = api.get(f"/tasks/{task}").json()

    answer = api.get("/tasks", {"filters": {"id": [task]}})

    assert_members_shown(api, answer, "GET /tasks", [inspected])


@since("reference/lists-nodes")
def test_node_is_listed_as_it_is_inspected(rich_swarm):
    api = rich_swarm.engine.api
    inspected = api.get(f"/nodes/{rich_swarm.node}").json()

    answer = api.get("/nodes")

    assert_members_shown(api, answer, "GET /nodes", [inspected])


@since("reference/lists-secrets")
def test_secret_is_listed_as_it_is_inspected(rich_swarm):
    api, secret = rich_swarm.engine.api, rich_swarm.secret
    inspected = api.get(f"/secrets/{secret}").json()

    answer = api.get("/secrets", {"filters": {"id": [secret]}})

    assert_members_shown(api, answer, "GET /secrets", [inspected])


@since("reference/lists-configs")
def test_config_is_listed_as_it_is_inspected(rich_swarm):
    api, config = rich_swarm.engine.api, rich_swarm.config
    inspected = api.get(f"/configs/{config}").json()

    answer = api.get("/configs", {"filters": {"id": [config]}})

    assert_members_shown(api, answer, "GET /configs", [inspected])


@since("reference/lists-plugins")
@pytest.mark.parametrize("number", [0, 1], ids=["enabled", "disabled"])
def test_plugin_is_listed_as_it_is_inspected(plugin_api, two_plugins, number):
    inspected = plugin_api.get(f"/plugins/{two_plugins[number]}/json").json()

    answer = plugin_api.get("/plugins")

    assert_members_shown(plugin_api, answer, "GET /plugins", [inspected])


@since("reference/lists-plugin-configuration")
def test_plugin_is_described_by_its_configuration_file(plugin_api, two_plugins):
    answer = plugin_api.get(f"/plugins/{two_plugins[1]}/json")

    assert_members_shown(plugin_api, answer, "GET /plugins/(name)/json", {"Config": UNUSED})


@since("reference/lists-networks")
def test_network_is_listed_as_it_is_inspected(api, env):
    name = env.share("listed network", lambda: env.create_network(Internal=True, Options={"colour": "red"}))
    inspected = api.get(f"/networks/{name}").json()

    answer = api.get("/networks", {"filters": {"name": [name]}})

    assert_members_shown(api, answer, "GET /networks", [inspected])


@since("reference/lists-volumes")
def test_volume_is_listed_as_it_is_inspected(api, volume_in_memory):
    inspected = api.get(f"/volumes/{volume_in_memory}").json()

    answer = api.get("/volumes", {"filters": {"name": [volume_in_memory]}})

    assert_members_shown(api, answer, "GET /volumes", {"Volumes": [inspected]})


@since("reference/lists-container-networks")
def test_networks_of_a_container_are_listed_as_they_are_inspected(api, env):
    inspected = api.get(f"/containers/{env.idle_container()}/json").json()

    answer = api.get("/containers/json", {"filters": {"id": [inspected["Id"]]}})

    networks = assert_type(inspected, "NetworkSettings.Networks", dict)
    wanted = {name: shown_in(network, *ENDPOINT) for name, network in networks.items()}
    assert_members_shown(api, answer, "GET /containers/json", [{"NetworkSettings": {"Networks": wanted}}])


@since("reference/lists-container-mounts")
def test_mounts_of_a_container_are_listed_as_they_are_inspected(api, mounting_container):
    inspected = api.get(f"/containers/{mounting_container}/json").json()

    answer = api.get("/containers/json", {"all": 1, "filters": {"id": [inspected["Id"]]}})

    assert_members_shown(api, answer, "GET /containers/json", [{"Mounts": array(inspected, "Mounts")}])


@since("reference/lists-usage")
def test_usage_has_a_container_as_it_is_listed(api, mounting_container):
    rows = array(api.get("/containers/json", {"all": 1, "size": 1}).json())
    row = find_row(rows, "Names", [f"/{mounting_container}"])

    with exclusively("disk-usage"):
        answer = api.get("/system/df")

    assert_members_shown(api, answer, "GET /system/df", {"Containers": [row]})


@since("reference/lists-usage")
def test_usage_has_an_image_as_it_is_listed(api, env):
    image = api.get(f"/images/{env.image}/json").json()["Id"]
    row = find_row(array(api.get("/images/json").json()), "Id", image)

    with exclusively("disk-usage"):
        answer = api.get("/system/df")

    # The list may have -1 for what costs time to count.
    wanted = {"Images": [without(row, "Containers", "SharedSize")]}
    assert_members_shown(api, answer, "GET /system/df", wanted)


@since("reference/lists-usage")
def test_usage_has_a_volume_as_it_is_listed(api, red_volume):
    row = find_row(array(api.get("/volumes").json(), "Volumes"), "Name", red_volume)

    with exclusively("disk-usage"):
        answer = api.get("/system/df")

    assert_members_shown(api, answer, "GET /system/df", {"Volumes": [row]})


@since("reference/lists-task-template")
@pytest.mark.parametrize("which", ["rich", "given", "config", "job"])
def test_task_has_the_template_of_its_service(rich_swarm, which):
    api = rich_swarm.engine.api
    service = api.get(f"/services/{rich_swarm.services[which]}").json()

    answer = api.get(f"/tasks/{rich_swarm.tasks[which]}")

    # What the task has besides says its runtime.
    template = without(assert_type(service, "Spec.TaskTemplate", dict), "Runtime")
    wanted = {"ServiceID": service["ID"], "Spec": template}
    assert_members_shown(api, answer, "GET /tasks/(id)", wanted)


@since("reference/lists-cluster")
def test_manager_tells_of_its_cluster_as_the_swarm_is_inspected(rich_swarm):
    api = rich_swarm.engine.api
    swarm = api.get("/swarm").json()

    answer = api.get("/info")

    assert_members_shown(api, answer, "GET /info", {"Swarm": {"Cluster": without(swarm, "JoinTokens")}})


@since("reference/lists-new-volume")
def test_answer_to_volume_create_is_its_inspection(api, env):
    name = env.reserve_name("volume")
    body = {"Name": name, "Labels": {**env.labels, "colour": "red"}, "DriverOpts": {}}

    answer = api.post("/volumes/create", json=body)

    assert_status(answer, 201)
    inspected = api.get(f"/volumes/{name}").json()
    assert_members_shown(api, answer, "POST /volumes/create", inspected)
