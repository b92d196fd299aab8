"""Every answer held against the document of its version: status, type of content, and the type of each documented member.

Each operation is asked once per version, about objects that have as much to show as the daemon lets them have. What fails
is a type, a value outside its enumeration, a required member that is missing, an undocumented status. Members that no
document knows, and documented ones that never come, are told by ``docker-conformance coverage``.
"""

import pytest

from conformance import adopt_if_created, assert_documented, assert_refusal_documented, since
from conformance.testing import exclusively


@since("reference/shapes-system-version")
def test_version_is_as_documented(api):
    answer = api.get("/version")

    assert_documented(api, answer, "GET /version")


@since("reference/shapes-system-info")
def test_info_is_as_documented(api):
    answer = api.get("/info")

    assert_documented(api, answer, "GET /info")


@since("reference/shapes-system-data-usage")
@pytest.mark.usefixtures("rich_containers", "rich_image", "dangling_image")
def test_use_of_disk_space_is_as_documented(api):
    with exclusively("disk-usage"):
        answer = api.get("/system/df")

    assert_documented(api, answer, "GET /system/df")


@since("reference/shapes-system-events")
def test_events_are_as_documented(api, stream_in_every_version, eventful_period):
    answer = stream_in_every_version("/events", eventful_period, enough=lambda _: False)

    assert_documented(api, answer, "GET /events", stream=True)


@since("reference/shapes-container-list")
@pytest.mark.usefixtures("rich_containers")
def test_list_of_containers_is_as_documented(api):
    answer = api.get("/containers/json", {"all": True, "size": True})

    assert_documented(api, answer, "GET /containers/json")


@since("reference/shapes-container-inspect")
@pytest.mark.parametrize("state", ["running", "created", "exited"])
def test_inspected_container_is_as_documented(api, rich_containers, state):
    answer = api.get(f"/containers/{getattr(rich_containers, state)}/json", {"size": True})

    assert_documented(api, answer, "GET /containers/(id)/json")


@since("reference/shapes-container-top")
@pytest.mark.needs("cgroups")
def test_processes_are_as_documented(api, rich_containers):
    answer = api.get(f"/containers/{rich_containers.running}/top")

    assert_documented(api, answer, "GET /containers/(id)/top")


@since("reference/shapes-container-changes")
def test_changes_are_as_documented(api, rich_containers):
    answer = api.get(f"/containers/{rich_containers.running}/changes")

    assert_documented(api, answer, "GET /containers/(id)/changes")


@since("reference/shapes-container-stats")
def test_statistics_are_as_documented(api, rich_containers):
    answer = api.get(f"/containers/{rich_containers.running}/stats", {"stream": False, "one-shot": True})

    assert_documented(api, answer, "GET /containers/(id)/stats")


@since("reference/shapes-container-create")
def test_answer_to_create_is_as_documented(api, env):
    answer = api.post("/containers/create", {"name": env.reserve_name()}, json=env.container_body())

    assert_documented(api, answer, "POST /containers/create")


@since("reference/shapes-container-update")
def test_answer_to_update_is_as_documented(api, env):
    name = env.create_container()

    answer = api.post(f"/containers/{name}/update", json={"RestartPolicy": {"Name": "no"}})

    assert_documented(api, answer, "POST /containers/(id)/update")


@since("reference/shapes-container-wait")
def test_answer_to_wait_is_as_documented(api, rich_containers):
    answer = api.post(f"/containers/{rich_containers.exited}/wait")

    assert_documented(api, answer, "POST /containers/(id)/wait")


@since("reference/shapes-exec-create")
def test_answer_to_exec_create_is_as_documented(api, env):
    answer = api.post(f"/containers/{env.idle_container()}/exec", json={"Cmd": ["true"]})

    assert_documented(api, answer, "POST /containers/(id)/exec")


@since("reference/shapes-exec-inspect")
def test_inspected_exec_is_as_documented(api, rich_exec):
    answer = api.get(f"/exec/{rich_exec}/json")

    assert_documented(api, answer, "GET /exec/(id)/json")


@since("reference/shapes-image-list")
@pytest.mark.usefixtures("rich_image", "dangling_image")
def test_list_of_images_is_as_documented(api):
    answer = api.get("/images/json", {"all": True, "digests": True})

    assert_documented(api, answer, "GET /images/json")


@since("reference/shapes-image-inspect")
@pytest.mark.parametrize("image", ["rich_image", "foreign_rich_image"], ids=["built", "foreign"])
def test_inspected_image_is_as_documented(api, request, image):
    answer = api.get(f"/images/{request.getfixturevalue(image)}/json")

    assert_documented(api, answer, "GET /images/(name)/json")


@since("reference/shapes-image-history")
def test_history_is_as_documented(api, rich_image):
    answer = api.get(f"/images/{rich_image}/history")

    assert_documented(api, answer, "GET /images/(name)/history")


@since("reference/shapes-image-delete")
def test_answer_to_image_delete_is_as_documented(api, env):
    name = env.tag_image()

    answer = api.delete(f"/images/{name}")

    assert_documented(api, answer, "DELETE /images/(name)")


@since("reference/shapes-image-commit")
def test_answer_to_commit_is_as_documented(api, env):
    repo, _, tag = env.reserve_name("image").rpartition(":")
    query = {"container": env.create_container(), "repo": repo, "tag": tag}

    answer = api.post("/commit", query, json={"Labels": env.labels})

    assert_documented(api, answer, "POST /commit")


@since("reference/shapes-network-list")
@pytest.mark.usefixtures("rich_containers")
def test_list_of_networks_is_as_documented(api):
    answer = api.get("/networks")

    assert_documented(api, answer, "GET /networks")


@since("reference/shapes-network-inspect")
def test_inspected_network_is_as_documented(api, rich_containers):
    answer = api.get(f"/networks/{rich_containers.network}")

    assert_documented(api, answer, "GET /networks/(id)")


@since("reference/shapes-network-create")
def test_answer_to_network_create_is_as_documented(api, env):
    body = {"Name": env.reserve_name("network"), "Labels": env.labels}

    answer = api.post("/networks/create", json=body)

    assert_documented(api, answer, "POST /networks/create")


@since("reference/shapes-volume-list")
@pytest.mark.usefixtures("rich_containers")
def test_list_of_volumes_is_as_documented(api):
    answer = api.get("/volumes")

    assert_documented(api, answer, "GET /volumes")


@since("reference/shapes-volume-inspect")
def test_inspected_volume_is_as_documented(api, rich_containers):
    answer = api.get(f"/volumes/{rich_containers.volume}")

    assert_documented(api, answer, "GET /volumes/(name)")


@since("reference/shapes-volume-create")
def test_answer_to_volume_create_is_as_documented(api, env):
    body = {"Name": env.reserve_name("volume"), "Labels": env.labels}

    answer = api.post("/volumes/create", json=body)

    assert_documented(api, answer, "POST /volumes/create")


@since("reference/shapes-plugin-list")
def test_list_of_plugins_is_as_documented(api):
    answer = api.get("/plugins")

    assert_documented(api, answer, "GET /plugins")


@since("reference/shapes-build-prune")
@pytest.mark.usefixtures("prune_alone")
def test_answer_to_pruning_the_build_cache_is_as_documented(api):
    answer = api.post("/build/prune", {"filters": {"until": ["24h"]}})

    assert_documented(api, answer, "POST /build/prune")


@since("reference/shapes-container-prune")
@pytest.mark.usefixtures("prune_alone")
def test_answer_to_pruning_containers_is_as_documented(api, env):
    env.create_container(Labels={"prune": "containers"})

    answer = api.post("/containers/prune", {"filters": {"label": ["prune=containers"]}})

    assert_documented(api, answer, "POST /containers/prune")


@since("reference/shapes-image-prune")
@pytest.mark.usefixtures("prune_alone")
def test_answer_to_pruning_images_is_as_documented(api):
    answer = api.post("/images/prune", {"filters": {"label": ["prune=images"]}})

    assert_documented(api, answer, "POST /images/prune")


@since("reference/shapes-network-prune")
@pytest.mark.usefixtures("prune_alone")
def test_answer_to_pruning_networks_is_as_documented(api, env):
    env.create_network(Labels={"prune": "networks"})

    answer = api.post("/networks/prune", {"filters": {"label": ["prune=networks"]}})

    assert_documented(api, answer, "POST /networks/prune")


@since("reference/shapes-volume-prune")
@pytest.mark.usefixtures("prune_alone")
def test_answer_to_pruning_volumes_is_as_documented(api, env):
    env.create_volume(Labels={"prune": "volumes"})

    answer = api.post("/volumes/prune", {"filters": {"label": ["prune=volumes"]}})

    assert_documented(api, answer, "POST /volumes/prune")


UNKNOWN = "no-such-object"


@since("reference/shapes-refusals")
@pytest.mark.parametrize(
    "operation",
    [
        "GET /containers/(id)/json",
        "GET /containers/(id)/top",
        "GET /containers/(id)/logs",
        "GET /containers/(id)/changes",
        "GET /containers/(id)/export",
        "GET /containers/(id)/stats",
        "POST /containers/(id)/start",
        "POST /containers/(id)/stop",
        "POST /containers/(id)/restart",
        "POST /containers/(id)/kill",
        "POST /containers/(id)/pause",
        "POST /containers/(id)/unpause",
        "POST /containers/(id)/wait",
        "DELETE /containers/(id)",
        "GET /exec/(id)/json",
        "GET /images/(name)/json",
        "GET /images/(name)/history",
        "DELETE /images/(name)",
        "GET /networks/(id)",
        "DELETE /networks/(id)",
        "GET /volumes/(name)",
        "DELETE /volumes/(name)",
    ],
)
def test_unknown_object_is_refused_as_documented(api, operation):
    method, _, path = operation.partition(" ")

    answer = api.request(method, path.replace("(id)", UNKNOWN).replace("(name)", UNKNOWN))

    assert_refusal_documented(api, answer, operation)


@since("reference/shapes-refusals")
def test_unknown_image_is_refused_as_documented(api, env):
    answer = api.post("/containers/create", json={"Image": UNKNOWN, "Labels": env.labels})

    adopt_if_created(env, "container", answer)
    assert_refusal_documented(api, answer, "POST /containers/create")


@since("reference/shapes-refusals")
def test_name_in_use_is_refused_as_documented(api, env, rich_containers):
    answer = api.post("/containers/create", {"name": rich_containers.created}, json=env.container_body())

    adopt_if_created(env, "container", answer)
    assert_refusal_documented(api, answer, "POST /containers/create")
