"""Volumes, as API v1.42 changed them: volumes of a cluster, and what a prune removes."""

from typing import NamedTuple

import pytest

from conformance import adopt_if_created, array, assert_refused, assert_status, since
from fixtures.volumes import create_anonymous_volume

LABEL = "pruned"


@since("1.42/volume-create-cluster")
def test_volume_of_a_cluster_is_refused_without_a_swarm(spare_engine):
    env = spare_engine.env
    name = env.reserve_name("volume")

    spec = {"Group": "g", "AccessMode": {"Scope": "single", "Sharing": "none", "MountVolume": {}}}
    answer = spare_engine.api.post("/volumes/create", json={"Name": name, "ClusterVolumeSpec": spec})

    adopt_if_created(env, "volume", answer)
    assert_refused(answer)


@since("1.42/volume-update-needs-swarm")
def test_update_is_unavailable_without_a_swarm(spare_engine):
    volume = spare_engine.env.create_volume()

    answer = spare_engine.api.request(
        "PUT", f"/volumes/{volume}", {"version": 1}, json={"Spec": {"Availability": "pause"}}
    )

    assert_status(answer, 503)


class Volumes(NamedTuple):
    """A volume that was created with a name, and one without."""

    named: str
    anonymous: str


@pytest.fixture
def unused_volumes(spare_engine):
    """Two volumes that no container uses, with the label of the prune."""
    env = spare_engine.env
    labels = {**env.labels, LABEL: "1"}
    anonymous = create_anonymous_volume(env, labels)
    return Volumes(env.create_volume(Labels=labels), anonymous)


@since("1.42/volumes-prune-anonymous")
def test_volume_with_a_name_stays(spare_engine, unused_volumes):
    answer = spare_engine.api.post("/volumes/prune", {"filters": {"label": [LABEL]}})

    assert_status(answer, 200)
    assert array(answer.json(), "VolumesDeleted") == [unused_volumes.anonymous]
    assert_status(spare_engine.env.client.get(f"/volumes/{unused_volumes.named}"), 200)


@since("1.42/volumes-prune-anonymous")
def test_volume_with_a_name_goes_with_the_filter_all(spare_engine, unused_volumes):
    filters = {"label": [LABEL], "all": ["1"]}
    answer = spare_engine.api.post("/volumes/prune", {"filters": filters})

    assert_status(answer, 200)
    assert set(unused_volumes) <= set(array(answer.json(), "VolumesDeleted"))
