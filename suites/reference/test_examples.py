"""Answers beside the examples in the documents up to v1.24: the same members, of the same types.

The documents of these versions are prose, and what an answer consists of stands in their examples only. Each operation is
asked once per version, about objects that have as much to show as the daemon lets them have. What comes beyond the example
is no deviation. From v1.25 on the documents have schemas; see ``test_shapes``.
"""

import secrets

import pytest

from conformance import assert_as_in_example, since
from conformance.testing import import_image

#: Members of examples that come only with a certain configuration, or that engines of that time alone had.
OLD_CONFIG = [
    ".Dns",
    ".MacAddress",
    ".Memory",
    ".MemorySwap",
    ".NetworkDisabled",
    ".PortSpecs",
    ".PublishService",
    ".VolumesFrom",
]
ABSENT = {
    "version": [".Experimental"],
    "info": [".ClusterStore", ".InitPath", ".InitSha1", ".SystemStatus"],
    "container": [
        *(f".Config{name}" for name in OLD_CONFIG),
        ".ExecDriver",
        ".HostConfig.LxcConf",
        ".HostConfig.StorageOpt",
        ".HostConfig.Sysctls",
        ".NetworkSettings.IpAddress",  # misspelt in the examples
        ".NetworkSettings.IpPrefixLen",
        ".NetworkSettings.PortMapping",
        ".State.Ghost",
        ".SysInitPath",
    ],
    "image": [f"{config}{name}" for config in (".Config", ".ContainerConfig") for name in OLD_CONFIG],
    "exec": [".Container", ".Warnings"],
    "search": ["[].is_trusted"],
    # what a kernel counts in the first version of control groups only
    "stats": [
        ".memory_stats.failcnt",
        ".memory_stats.max_usage",
        ".memory_stats.stats",
        ".cpu_stats.cpu_usage.percpu_usage",
        ".precpu_stats.cpu_usage.percpu_usage",
    ],
    "volume": [".Status"],
}


@since("reference/examples-version")
def test_version_is_as_in_the_example(api):
    answer = api.get("/version")

    assert_as_in_example(api, answer, "GET /version", absent=ABSENT["version"])


@since("reference/examples-info")
@pytest.mark.usefixtures("rich_containers")
def test_info_is_as_in_the_example(api):
    answer = api.get("/info")

    assert_as_in_example(api, answer, "GET /info", absent=ABSENT["info"])


@since("reference/examples-container-list")
@pytest.mark.usefixtures("rich_containers")
def test_list_of_containers_is_as_in_the_example(api):
    answer = api.get("/containers/json", {"all": 1, "size": 1})

    assert_as_in_example(api, answer, "GET /containers/json")


@since("reference/examples-container-inspect")
def test_inspected_container_is_as_in_the_example(api, rich_containers):
    answer = api.get(f"/containers/{rich_containers.running}/json", {"size": 1})

    assert_as_in_example(api, answer, "GET /containers/(id)/json", absent=ABSENT["container"])


@since("reference/examples-container-top")
@pytest.mark.needs("cgroups")
def test_processes_are_as_in_the_example(api, rich_containers):
    answer = api.get(f"/containers/{rich_containers.running}/top")

    assert_as_in_example(api, answer, "GET /containers/(id)/top")


@since("reference/examples-container-changes")
def test_changes_are_as_in_the_example(api, rich_containers):
    answer = api.get(f"/containers/{rich_containers.running}/changes")

    assert_as_in_example(api, answer, "GET /containers/(id)/changes")


@since("reference/examples-container-stats")
@pytest.mark.needs("pids-cgroup")
def test_statistics_are_as_in_the_example(api, rich_containers):
    answer = api.get(f"/containers/{rich_containers.running}/stats", {"stream": 0})

    assert_as_in_example(api, answer, "GET /containers/(id)/stats", stream=True, absent=ABSENT["stats"])


@since("reference/examples-container-create")
def test_answer_to_create_is_as_in_the_example(api, env):
    answer = api.post("/containers/create", {"name": env.reserve_name()}, json=env.container_body())

    assert_as_in_example(api, answer, "POST /containers/create")


@since("reference/examples-container-wait")
def test_answer_to_wait_is_as_in_the_example(api, rich_containers):
    answer = api.post(f"/containers/{rich_containers.exited}/wait")

    assert_as_in_example(api, answer, "POST /containers/(id)/wait")


@since("reference/examples-exec-create")
def test_answer_to_exec_create_is_as_in_the_example(api, env):
    answer = api.post(f"/containers/{env.idle_container()}/exec", json={"Cmd": ["true"]})

    assert_as_in_example(api, answer, "POST /containers/(id)/exec", absent=ABSENT["exec"])


@since("reference/examples-exec-inspect")
def test_inspected_exec_is_as_in_the_example(api, ended_exec):
    answer = api.get(f"/exec/{ended_exec}/json")

    assert_as_in_example(api, answer, "GET /exec/(id)/json", absent=ABSENT["exec"])


@since("reference/examples-image-list")
@pytest.mark.usefixtures("rich_image")
def test_list_of_images_is_as_in_the_example(api):
    answer = api.get("/images/json", {"digests": 1})

    assert_as_in_example(api, answer, "GET /images/json")


@since("reference/examples-image-inspect")
def test_inspected_image_is_as_in_the_example(api, rich_image):
    answer = api.get(f"/images/{rich_image}/json")

    assert_as_in_example(api, answer, "GET /images/(name)/json", absent=ABSENT["image"])


@since("reference/examples-image-history")
def test_history_is_as_in_the_example(api, rich_image):
    answer = api.get(f"/images/{rich_image}/history")

    assert_as_in_example(api, answer, "GET /images/(name)/history")


@since("reference/examples-image-delete")
def test_answer_to_image_delete_is_as_in_the_example(api, env):
    name = import_image(env, b"deleted as in the example\n")

    answer = api.delete(f"/images/{name}")

    assert_as_in_example(api, answer, "DELETE /images/(name)")


@since("reference/examples-image-search")
def test_results_of_a_search_are_as_in_the_example(api, emulated_registry):
    answer = api.get("/images/search", {"term": f"{emulated_registry.address}/some"})

    assert_as_in_example(api, answer, "GET /images/search", absent=ABSENT["search"])


@since("reference/examples-commit")
def test_answer_to_commit_is_as_in_the_example(api, env):
    repo, _, tag = env.reserve_name("image").rpartition(":")
    query = {"container": env.create_container(), "repo": repo, "tag": tag}

    answer = api.post("/commit", query, json={"Labels": env.labels})

    assert_as_in_example(api, answer, "POST /commit")


@since("reference/examples-events")
def test_events_are_as_in_the_example(api, stream_in_every_version, eventful_period):
    answer = stream_in_every_version("/events", eventful_period, enough=lambda _: False)

    assert_as_in_example(api, answer, "GET /events", stream=True)


@since("reference/examples-network-list")
@pytest.mark.usefixtures("rich_containers")
def test_list_of_networks_is_as_in_the_example(api):
    answer = api.get("/networks")

    assert_as_in_example(api, answer, "GET /networks")


@since("reference/examples-network-inspect")
def test_inspected_network_is_as_in_the_example(api, rich_containers):
    answer = api.get(f"/networks/{rich_containers.network}")

    assert_as_in_example(api, answer, "GET /networks/(id)")


@since("reference/examples-network-create")
def test_answer_to_network_create_is_as_in_the_example(api, env):
    body = {"Name": env.reserve_name("network"), "Labels": env.labels}

    answer = api.post("/networks/create", json=body)

    assert_as_in_example(api, answer, "POST /networks/create")


@since("reference/examples-volume-list")
@pytest.mark.usefixtures("rich_containers")
def test_list_of_volumes_is_as_in_the_example(api):
    answer = api.get("/volumes")

    assert_as_in_example(api, answer, "GET /volumes")


@since("reference/examples-volume-inspect")
def test_inspected_volume_is_as_in_the_example(api, rich_containers):
    answer = api.get(f"/volumes/{rich_containers.volume}")

    assert_as_in_example(api, answer, "GET /volumes/(name)", absent=ABSENT["volume"])


@since("reference/examples-volume-create")
def test_answer_to_volume_create_is_as_in_the_example(api, env):
    body = {"Name": env.reserve_name("volume"), "Labels": env.labels}

    answer = api.post("/volumes/create", json=body)

    assert_as_in_example(api, answer, "POST /volumes/create", absent=ABSENT["volume"])


@since("reference/examples-build")
@pytest.mark.parametrize("instruction", ["ENV A=b", "RUN exit 3"], ids=["success", "failure"])
def test_rows_of_a_build_are_as_in_the_example(api, env, build_context, instruction):
    answer = api.post("/build", {"t": env.reserve_name("image"), "nocache": 1}, **build_context(instruction))

    absent = [".error", ".errorDetail"] if instruction.startswith("ENV") else [".errorDetail.code"]
    assert_as_in_example(api, answer, "POST /build", stream=True, absent=absent)


@since("reference/examples-pull")
def test_rows_of_a_pull_are_as_in_the_example(api, registry, pullable_images):
    answer = api.post("/images/create", {"fromImage": pullable_images[0]}, headers=registry.auth_header())

    assert_as_in_example(api, answer, "POST /images/create", stream=True, absent=[".error"])


@since("reference/examples-push")
def test_rows_of_a_push_are_as_in_the_example(api, env, registry):
    (name,) = registry.reserve_names("1")
    import_image(env, secrets.token_bytes(1000), name)
    repository, _, tag = name.rpartition(":")

    answer = api.post(f"/images/{repository}/push", {"tag": tag}, headers=registry.auth_header())

    assert_as_in_example(api, answer, "POST /images/(name)/push", stream=True, absent=[".error"])
