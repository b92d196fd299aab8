"""Services, as engines of API v1.42 changed them: cluster volumes."""

from conformance import assert_status, assert_type, at, since
from fixtures.swarm import REPLICAS, service_body


@since("1.42/service-mount-cluster")
def test_mount_of_a_cluster_volume_is_shown(swarm):
    mount = {"Type": "cluster", "Source": "volume", "Target": "/mnt", "ClusterOptions": {}}
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": {"Mounts": [mount]}}, **REPLICAS[0])

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    document = swarm.api.get(f"/services/{assert_type(answer.json(), 'ID', str)}").json()
    shown = at(document, "Spec.TaskTemplate.ContainerSpec.Mounts", 0)
    assert (at(shown, "Type"), at(shown, "Source")) == ("cluster", "volume")
