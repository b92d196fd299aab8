"""Members of requests about a swarm as the document of API v1.24, which has no schemas, describes them."""

import secrets

import pytest

from conformance import assert_status, assert_type, at, known, since
from fixtures.members import SWARM
from fixtures.swarm import REPLICAS, create_service, edit, leave_swarm, merge, service_body, swarm_addresses

SECOND = 1_000_000_000  # as the API counts time
MIB = 1024 * 1024
#: Members of a service, which has no task.
SERVICE = {
    "TaskTemplate": {
        "ContainerSpec": {
            "Args": ["86400"],
            "Dir": "/tmp",
            "Env": ["COLOUR=red"],
            "Labels": {"colour": "red"},
            "Mounts": [
                {
                    "Type": "volume",
                    "Source": "data",
                    "Target": "/data",
                    "ReadOnly": True,
                    "VolumeOptions": {
                        "NoCopy": True,
                        "Labels": {"colour": "red"},
                        "DriverConfig": {"Name": "local", "Options": {"type": "tmpfs", "device": "tmpfs"}},
                    },
                },
                {
                    "Type": "bind",
                    "Source": "/dev",
                    "Target": "/devices",
                    "BindOptions": {"Propagation": "rprivate"},
                },
            ],
            "User": "1000",
        },
        "LogDriver": {"Name": "json-file", "Options": {"max-file": "3", "max-size": "10M"}},
        "Placement": {"Constraints": ["node.labels.nowhere==1"]},
        "Resources": {
            "Limits": {"MemoryBytes": 64 * MIB, "NanoCPUs": SECOND // 2},
            "Reservations": {"MemoryBytes": 32 * MIB, "NanoCPUs": SECOND // 4},
        },
        "RestartPolicy": {
            "Condition": "on-failure",
            "Delay": 7 * SECOND,
            "MaxAttempts": 2,
            "Window": 9 * SECOND,
        },
    },
    "UpdateConfig": {"Delay": 3 * SECOND, "Parallelism": 2, "FailureAction": "pause"},
    **REPLICAS[0],
}
#: Those settings of a swarm that the document of API v1.24 has.
OLD_SWARM = {
    **{name: SWARM[name] for name in ("Orchestration", "Raft", "Dispatcher")},
    "CAConfig": {"NodeCertExpiry": SWARM["CAConfig"]["NodeCertExpiry"]},
}


def published():
    """A way to reach a service; no two services may have the same port."""
    port = {"Protocol": "tcp", "PublishedPort": 30100 + secrets.randbelow(2000), "TargetPort": 80}
    return {"EndpointSpec": {"Mode": "vip", "Ports": [port]}}


@since("reference/members-old-service")
@pytest.mark.parametrize("place", ["task", "service"])
def test_new_service_shows_what_it_was_created_with(swarm, overlay, place):
    networks = {"Networks": [{"Target": at(swarm.env.get(f"/networks/{overlay.network}"), "Id")}]}
    body = service_body(swarm.env, **merge(SERVICE, published()))
    body = merge(body, {"TaskTemplate": networks} if place == "task" else networks)

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    spec = at(swarm.api.get(f"/services/{assert_type(answer.json(), 'ID', str)}").json(), "Spec")
    assert known(spec, body) == body


@since("reference/members-old-service")
def test_service_shows_what_it_was_updated_to(swarm):
    path = f"/services/{create_service(swarm.env, **REPLICAS[0])}"
    members = merge(SERVICE, published())

    query, spec = edit(swarm.env, path, **members)
    answer = swarm.api.post(f"{path}/update", query, json=spec)

    assert_status(answer, 200)
    assert known(at(swarm.api.get(path).json(), "Spec"), members) == members


@since("reference/members-old-swarm-init")
def test_new_swarm_shows_what_it_was_begun_with(alone):
    leave_swarm(alone.env)

    body = {**swarm_addresses(), "ForceNewCluster": False, "Spec": OLD_SWARM}
    answer = alone.api.post("/swarm/init", json=body)

    assert_status(answer, 200)
    assert known(at(alone.api.get("/swarm").json(), "Spec"), OLD_SWARM) == OLD_SWARM


@since("reference/members-old-node")
def test_node_shows_what_it_was_updated_to(own_swarm):
    path = f"/nodes/{own_swarm.env.get('/info')['Swarm']['NodeID']}"
    members = {"Name": "old", "Labels": {"colour": "blue"}}

    query, spec = edit(own_swarm.env, path, **members)
    answer = own_swarm.api.post(f"{path}/update", query, json=spec)

    assert_status(answer, 200)
    assert known(at(own_swarm.api.get(path).json(), "Spec"), members) == members
