"""Services, as API v1.24 introduced them."""

import pytest

from conformance import adopt_if_created, array, assert_refused, assert_status, assert_type, at, since
from conformance.testing import PROBE_LIMITS, becomes_true, parse_limits
from fixtures.swarm import (
    PATIENCE,
    REPLICAS,
    create_service,
    edit,
    pending_reason,
    running_task,
    service_body,
    tasks_of,
)
from fixtures.volumes import IN_MEMORY


@since("1.24/service-create")
def test_service_runs_its_program_in_a_container(swarm):
    body = service_body(swarm.env, "sleep", "4321")

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    task = running_task(swarm.env, body["Name"])
    assert task.service == assert_type(answer.json(), "ID", str)
    assert task.run("cat", "/proc/1/cmdline").split("\0")[:2] == ["sleep", "4321"]


@since("1.24/service-create-conflict")
def test_second_service_of_a_name_is_a_conflict(swarm, dormant_service):
    name = swarm.env.get(f"/services/{dormant_service}")["Spec"]["Name"]

    answer = swarm.api.post("/services/create", json={**service_body(swarm.env), "Name": name})

    adopt_if_created(swarm.env, "service", answer)
    assert_status(answer, 409)


@since("1.24/service-containerspec")
@pytest.mark.parametrize(
    ("members", "command", "line"),
    [
        ({"Env": ["COLOUR=red"]}, "tr '\\0' '\\n' < /proc/1/environ", "COLOUR=red"),
        ({"Dir": "/tmp"}, "readlink /proc/1/cwd", "/tmp"),
        ({"User": "1000:1000"}, "id -u", "1000"),
    ],
    ids=["Env", "Dir", "User"],
)
def test_process_has_what_the_container_specification_says(service_tasks, members, command, line):
    task = service_tasks.post("/services/create", TaskTemplate={"ContainerSpec": members})

    assert line in task.run("sh", "-c", command).splitlines()


@since("1.24/service-containerspec")
def test_containers_have_the_labels(service_tasks):
    members = {"ContainerSpec": {"Labels": {"colour": "red"}}}
    task = service_tasks.post("/services/create", TaskTemplate=members)

    assert task.env.get(f"/containers/{task.container}/json")["Config"]["Labels"]["colour"] == "red"


@since("1.24/service-limits")
@pytest.mark.needs("memory-cgroup", "cpu-cfs")
def test_memory_and_time_of_the_containers_are_limited(service_tasks):
    limits = {"Limits": {"MemoryBytes": 64 * 1024 * 1024, "NanoCPUs": 500_000_000}}
    task = service_tasks.post("/services/create", TaskTemplate={"Resources": limits})

    found = parse_limits(task.run("sh", "-c", PROBE_LIMITS))
    assert found.memory == 64 * 1024 * 1024
    quota, period = found.cpu_quota, found.cpu_period
    assert quota and period and quota / period == 0.5, f"expected half the period, got {quota} of {period}"


@since("1.24/service-logdriver")
def test_containers_have_the_logging_driver(service_tasks):
    driver = {"Name": "json-file", "Options": {"max-file": "3", "max-size": "10m"}}
    task = service_tasks.post("/services/create", TaskTemplate={"LogDriver": driver})

    config = at(task.env.get(f"/containers/{task.container}/json"), "HostConfig.LogConfig")
    assert config == {"Type": driver["Name"], "Config": driver["Options"]}


@since("1.24/service-mounts")
def test_volumes_are_mounted_as_the_mounts_say(swarm):
    names = [swarm.env.reserve_name("volume") for _ in range(2)]
    labels = {**swarm.env.labels, "colour": "red"}
    driver = {"Name": "local", "Options": IN_MEMORY}
    mounts = [
        {
            "Type": "volume",
            "Source": names[0],
            "Target": "/first",
            "VolumeOptions": {"Labels": labels, "DriverConfig": driver},
        },
        {"Type": "volume", "Source": names[1], "Target": "/second", "ReadOnly": True},
    ]
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": {"Mounts": mounts}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    task = running_task(swarm.env, body["Name"])
    script = "for d in first second; do (: > /$d/file) 2>&- && echo $d is written; done; grep -c '^[^ ]* /first tmpfs .*size=1024k' /proc/mounts"
    assert task.run("sh", "-c", script).splitlines() == ["first is written", "1"]
    assert at(swarm.env.get(f"/volumes/{names[0]}"), "Labels") == labels
    assert swarm.env.get(f"/volumes/{names[1]}")["Name"] == names[1]


@since("1.24/service-constraints")
@pytest.mark.parametrize(
    ("constraint", "fits"),
    [("node.role==manager", True), ("node.role!=manager", False), ("node.labels.colour==red", False)],
)
def test_tasks_run_on_nodes_that_fit_the_constraints(swarm, constraint, fits):
    body = service_body(swarm.env, TaskTemplate={"Placement": {"Constraints": [constraint]}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert (pending_reason(swarm.env, body["Name"]) is None) is fits


@since("1.24/service-args")
def test_arguments_follow_the_command(swarm):
    body = service_body(
        swarm.env, "sh", "-c", "sleep 86400; :", TaskTemplate={"ContainerSpec": {"Args": ["red"]}}
    )

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    task = running_task(swarm.env, body["Name"])
    assert task.run("cat", "/proc/1/cmdline").split("\0")[:-1] == ["sh", "-c", "sleep 86400; :", "red"]


@since("1.24/service-networks")
@pytest.mark.parametrize("by", ["id", "name"])
def test_tasks_are_on_the_networks_of_the_service(swarm, overlay, by):
    name = swarm.env.get(f"/networks/{overlay.network}")["Name"]
    identity = swarm.env.get(f"/networks/{overlay.network}")["Id"]
    body = service_body(swarm.env, Networks=[{"Target": name if by == "name" else identity}])

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    task = running_task(swarm.env, body["Name"])
    networks = swarm.env.get(f"/containers/{task.container}/json")["NetworkSettings"]["Networks"]
    assert at(networks.get(name), "NetworkID") == identity


@since("1.24/service-endpoint-mode")
@pytest.mark.parametrize(("mode", "addresses"), [("vip", 1), ("dnsrr", 0)])
def test_service_has_an_address_of_its_own_where_its_mode_says_so(swarm, overlay, mode, addresses):
    networks = {"Networks": [{"Target": overlay.network}]}
    body = service_body(swarm.env, **networks, EndpointSpec={"Mode": mode})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    running_task(swarm.env, body["Name"])
    shown = swarm.env.get(f"/services/{body['Name']}")
    assert len(at(shown, "Endpoint", "VirtualIPs") or []) == addresses


@since("1.24/service-ports-of-vip")
def test_ports_without_a_virtual_address_are_refused(swarm):
    ports = [{"Protocol": "tcp", "TargetPort": 7}]
    body = service_body(swarm.env, EndpointSpec={"Mode": "dnsrr", "Ports": ports})

    answer = swarm.api.post("/services/create", json=body)

    adopt_if_created(swarm.env, "service", answer)
    assert_refused(answer)


@since("1.24/service-mode")
@pytest.mark.parametrize(
    ("mode", "number"),
    [({"Replicated": {"Replicas": 2}}, 2), ({"Global": {}}, 1)],
    ids=["replicated", "global"],
)
def test_service_has_as_many_tasks_as_its_mode_says(swarm, mode, number):
    body = service_body(swarm.env, Mode=mode)

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)

    def running():
        return [row for row in tasks_of(swarm.env, body["Name"]) if row["Status"]["State"] == "running"]

    assert becomes_true(lambda: len(running()) == number, PATIENCE)
    assert len(tasks_of(swarm.env, body["Name"])) == number


@since("1.24/service-restartpolicy")
@pytest.mark.parametrize(
    ("program", "condition", "tasks"),
    [("true", "any", 2), ("false", "on-failure", 2), ("true", "on-failure", 1), ("false", "none", 1)],
)
def test_task_that_ends_is_started_again_as_the_policy_says(swarm, program, condition, tasks):
    policy = {"Condition": condition, "Delay": 1_000_000, "MaxAttempts": 1}
    body = service_body(swarm.env, program, TaskTemplate={"RestartPolicy": policy})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)

    def ended():
        states = [row["Status"]["State"] for row in tasks_of(swarm.env, body["Name"])]
        return len([state for state in states if state in ("complete", "failed")])

    assert becomes_true(lambda: ended() >= tasks, PATIENCE)
    assert not becomes_true(lambda: len(tasks_of(swarm.env, body["Name"])) > tasks, 0.5)


@since("1.24/services-list")
@pytest.mark.parametrize("name", ["id", "name", "label"])
def test_filter_leaves_the_services_that_fit(swarm, dormant_service, idle_service, name):
    spec = swarm.env.get(f"/services/{dormant_service}")["Spec"]
    value = {"id": dormant_service, "name": spec["Name"], "label": f"name={spec['Labels']['name']}"}[name]

    answer = swarm.api.get("/services", {"filters": {name: [value]}})

    assert_status(answer, 200)
    listed = [at(row, "ID") for row in array(answer.json())]
    assert (dormant_service in listed, idle_service.service in listed) == (True, False)


@since("1.24/service-inspect")
@pytest.mark.parametrize("by", ["id", "name"])
def test_service_is_described_by_id_and_by_name(swarm, dormant_service, by):
    spec = swarm.env.get(f"/services/{dormant_service}")["Spec"]
    name = spec["Name"] if by == "name" else dormant_service

    document = swarm.api.get(f"/services/{name}").json()

    assert at(document, "ID") == dormant_service
    assert at(document, "Spec", "Name") == spec["Name"]
    assert at(document, "Spec", "TaskTemplate", "ContainerSpec", "Image") == swarm.env.image
    assert at(document, "Spec", "Mode", "Replicated", "Replicas") == 0
    assert assert_type(document, "Version.Index", int) > 0
    assert assert_type(document, "CreatedAt", str)
    assert assert_type(document, "UpdatedAt", str)


@since("1.24/service-inspect")
def test_unknown_service_is_not_found(swarm):
    assert_status(swarm.api.get("/services/nosuch"), 404)


@since("1.24/service-update")
def test_service_has_as_many_tasks_as_its_update_says(swarm):
    service = create_service(swarm.env, **REPLICAS[0])

    query, spec = edit(swarm.env, f"/services/{service}", **REPLICAS[1])
    answer = swarm.api.post(f"/services/{service}/update", query, json=spec)

    assert_status(answer, 200)
    assert running_task(swarm.env, service).run("echo", "here") == "here\n"


@since("1.24/service-update-name")
def test_another_name_is_refused(swarm):
    service = create_service(swarm.env, **REPLICAS[0])
    query, spec = edit(swarm.env, f"/services/{service}", Name=swarm.env.reserve_name("service"))

    answer = swarm.api.post(f"/services/{service}/update", query, json=spec)

    assert_refused(answer)


@since("1.24/service-update-endpoint")
def test_service_is_published_at_the_port_of_its_update(swarm):
    service = create_service(swarm.env, **REPLICAS[0])
    port = {"Protocol": "tcp", "PublishedPort": 30_002, "TargetPort": 80}

    query, spec = edit(swarm.env, f"/services/{service}", EndpointSpec={"Mode": "vip", "Ports": [port]})
    answer = swarm.api.post(f"/services/{service}/update", query, json=spec)

    assert_status(answer, 200)

    def ports():
        return at(swarm.env.get(f"/services/{service}"), "Endpoint", "Ports") or []

    assert becomes_true(ports, PATIENCE), "the service has no port"
    assert [{name: at(row, name) for name in port} for row in ports()] == [port]


@since("1.24/service-update-version")
def test_update_of_another_version_is_refused(swarm, dormant_service):
    query, spec = edit(swarm.env, f"/services/{dormant_service}", Labels={"colour": "red"})
    answer = swarm.api.post(
        f"/services/{dormant_service}/update", {"version": query["version"] - 1}, json=spec
    )

    assert_refused(answer)
    assert "colour" not in swarm.env.get(f"/services/{dormant_service}")["Spec"]["Labels"]


@since("1.24/service-delete")
@pytest.mark.parametrize("by", ["id", "name"])
def test_service_is_removed_with_its_tasks(swarm, by):
    service = create_service(swarm.env)
    running_task(swarm.env, service)
    name = swarm.env.get(f"/services/{service}")["Spec"]["Name"] if by == "name" else service

    answer = swarm.api.delete(f"/services/{name}")

    assert_status(answer, 200)
    assert_status(swarm.env.client.get(f"/services/{service}"), 404)
    assert becomes_true(
        lambda: service not in [row.get("ServiceID") for row in swarm.env.get("/tasks")], PATIENCE
    )


@since("1.24/service-delete")
def test_unknown_service_is_not_removed(swarm):
    assert_status(swarm.api.delete("/services/nosuch"), 404)


@since("1.24/service-endpoint")
def test_service_is_published_at_the_port(swarm):
    port = {"Protocol": "tcp", "PublishedPort": 30_001, "TargetPort": 80}
    body = service_body(swarm.env, **REPLICAS[0], EndpointSpec={"Mode": "vip", "Ports": [port]})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)

    def ports():
        return at(swarm.env.get(f"/services/{body['Name']}"), "Endpoint", "Ports") or []

    assert becomes_true(ports, PATIENCE), "the service has no port"
    assert [{name: at(row, name) for name in port} for row in ports()] == [port]
