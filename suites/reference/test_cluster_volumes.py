"""Volumes of a cluster, as API v1.42 documents them: a swarm keeps them whether or not a node has their driver."""

import pytest

from conformance import (
    assert_documented,
    assert_members_shown,
    assert_refusal_documented,
    assert_status,
    at,
    since,
)
from fixtures.swarm import create_secret, leave_swarm

#: No node has it, so the volume stays pending.
DRIVER = "nosuch-csi"
#: What engines show again, as they were sent.
SHOWN = {
    "Group": "conformance",
    "AccessMode": {"Scope": "single", "Sharing": "none", "MountVolume": {}},
}


def cluster_body(env):
    """A body for POST /volumes/create with all members that a volume of a cluster can have."""
    segments = [{"Segments": {"zone": "a"}}]
    access = {
        **SHOWN["AccessMode"],
        "Secrets": [{"Key": "key", "Secret": env.share("secret of volumes", lambda: create_secret(env))}],
        "AccessibilityRequirements": {"Requisite": segments, "Preferred": segments},
        "CapacityRange": {"RequiredBytes": 1024, "LimitBytes": 4096},
        "Availability": "active",
    }
    return {
        "Name": env.reserve_name("volume"),
        "Driver": DRIVER,
        "Labels": {**env.labels, "colour": "red"},
        "ClusterVolumeSpec": {**SHOWN, "AccessMode": access},
    }


@pytest.fixture
def cluster_volume(swarm):
    """The name of a volume of the cluster, which no check changes."""

    def create():
        return swarm.env.post("/volumes/create", json=cluster_body(swarm.env)).json()["Name"]

    return swarm.env.share("cluster volume", create)


@since("reference/volumes-cluster-create")
def test_new_volume_of_the_cluster_shows_what_it_was_created_with(swarm):
    body = cluster_body(swarm.env)

    answer = swarm.api.post("/volumes/create", json=body)

    assert_status(answer, 201)
    shown = swarm.api.get(f"/volumes/{body['Name']}")
    members = {"Driver": DRIVER, "Labels": body["Labels"], "ClusterVolume": {"Spec": SHOWN}}
    assert_members_shown(swarm.api, shown, "GET /volumes/(name)", members)


@since("reference/volumes-cluster-shape")
def test_volume_of_the_cluster_is_as_documented(swarm, cluster_volume):
    answer = swarm.api.get(f"/volumes/{cluster_volume}")

    assert_documented(swarm.api, answer, "GET /volumes/(name)")


@since("reference/volumes-cluster-shape")
@pytest.mark.usefixtures("cluster_volume")
def test_list_with_a_volume_of_the_cluster_is_as_documented(swarm):
    answer = swarm.api.get("/volumes")

    assert_documented(swarm.api, answer, "GET /volumes")


@since("reference/volumes-cluster-update")
def test_availability_of_a_volume_of_the_cluster_is_changed(swarm):
    name = swarm.env.post("/volumes/create", json=cluster_body(swarm.env)).json()["Name"]
    volume = swarm.env.get(f"/volumes/{name}")["ClusterVolume"]
    spec = {**volume["Spec"], "Availability": "drain"}

    query = {"version": volume["Version"]["Index"]}
    answer = swarm.api.put(f"/volumes/{volume['ID']}", query, json={"Spec": spec})

    assert_status(answer, 200)
    assert at(swarm.env.get(f"/volumes/{name}"), "ClusterVolume", "Spec", "Availability") == "drain"


@since("reference/volumes-cluster-update-refused")
@pytest.mark.parametrize(("version", "status"), [(1, 404), ("newest", 400)], ids=["unknown", "version"])
def test_invalid_update_of_a_volume_of_the_cluster_is_refused(swarm, version, status):
    answer = swarm.api.put("/volumes/nosuchvolume", {"version": version}, json={"Spec": SHOWN})

    assert_status(answer, status)
    assert_refusal_documented(swarm.api, answer, "PUT /volumes/(name)")


@since("reference/volumes-cluster-update-refused")
def test_volume_is_not_updated_outside_of_a_swarm(alone):
    leave_swarm(alone.env)

    answer = alone.api.put("/volumes/nosuchvolume", {"version": 1}, json={"Spec": SHOWN})

    assert_status(answer, 503)
    assert_refusal_documented(alone.api, answer, "PUT /volumes/(name)")
