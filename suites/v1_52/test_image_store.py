"""What tells where the layers of images and containers are, as API v1.52 changed it, on an engine with a store of containerd."""

import pytest

from conformance import ABSENT, assert_type, at, before, since


@pytest.fixture
def stored_container(containerd_engine):
    """The name of a container that has not started."""
    env = containerd_engine.env
    return env.share("container in the store", env.create_container)


@since("1.52/inspect-storage")
def test_storage_of_a_container_names_the_snapshotter(containerd_engine, stored_container):
    document = containerd_engine.api.get(f"/containers/{stored_container}/json").json()

    assert assert_type(document, "Storage.RootFS.Snapshot.Name", str)


@since("1.52/inspect-storage")
def test_container_has_no_graph_driver(containerd_engine, stored_container):
    document = containerd_engine.api.get(f"/containers/{stored_container}/json").json()

    assert at(document, "GraphDriver") in (ABSENT, None)


@before("1.52/inspect-storage")
def test_graph_driver_of_a_container_is_the_snapshotter(containerd_engine, stored_container):
    document = containerd_engine.api.get(f"/containers/{stored_container}/json").json()

    assert assert_type(document, "GraphDriver.Name", str) == assert_type(document, "Driver", str)
    assert at(document, "Storage") is ABSENT


@since("1.52/image-no-graphdriver")
def test_image_has_no_graph_driver(containerd_engine):
    document = containerd_engine.api.get(f"/images/{containerd_engine.env.image}/json").json()

    assert at(document, "GraphDriver") in (ABSENT, None)


@before("1.52/image-no-graphdriver")
def test_graph_driver_of_an_image_is_the_snapshotter(containerd_engine):
    document = containerd_engine.api.get(f"/images/{containerd_engine.env.image}/json").json()

    assert assert_type(document, "GraphDriver.Name", str)
