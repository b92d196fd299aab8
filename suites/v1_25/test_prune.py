"""What API v1.25 added to remove all objects that are not in use: containers, images, volumes and networks."""

import secrets

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import import_image

WRITTEN = 300_000
_WRITE = f"dd if=/dev/urandom of=/place/written bs={WRITTEN} count=1 2>/dev/null"


@pytest.fixture
def engine(spare_engine):
    """The engine on which everything may be pruned; its idle container, which uses the test image, is there before."""
    spare_engine.env.idle_container()
    return spare_engine


@since("1.25/containers-prune")
def test_containers_that_do_not_run_are_removed(engine):
    written = engine.env.create_container("sh", "-c", f"mkdir /place; {_WRITE}")
    engine.env.start_and_wait(written)
    ids = {
        name: at(engine.env.get(f"/containers/{name}/json"), "Id")
        for name in (written, engine.env.create_container())
    }

    answer = engine.api.post("/containers/prune")

    assert_status(answer, 200)
    deleted = array(answer.json(), "ContainersDeleted")
    assert [container in deleted for container in ids.values()] == [True, True]
    assert assert_type(answer.json(), "SpaceReclaimed", int) >= WRITTEN
    assert [engine.env.client.get(f"/containers/{name}/json").status for name in ids] == [404, 404]
    assert_status(engine.env.client.get(f"/containers/{engine.env.idle_container()}/json"), 200)


@pytest.fixture
def images(engine):
    """The ids of two images that no container uses: one without a name, and one with a name."""
    contents = (secrets.token_bytes(WRITTEN) for _ in range(2))
    names = [import_image(engine.env, content) for content in contents]
    ids = [at(engine.env.get(f"/images/{name}/json"), "Id") for name in names]
    engine.env.post(
        f"/images/{engine.env.image}/tag",
        {"repo": names[0].rpartition(":")[0], "tag": names[0].rpartition(":")[2]},
    )
    return ids


@since("1.25/images-prune")
@pytest.mark.parametrize(
    ("query", "named_goes"),
    [
        ({}, False),
        ({"filters": {"dangling": ["true"]}}, False),
        ({"filters": {"dangling": ["false"]}}, True),
    ],
    ids=["unsaid", "dangling", "not dangling alone"],
)
def test_images_that_are_not_used_are_removed(engine, images, query, named_goes):
    answer = engine.api.post("/images/prune", query)

    assert_status(answer, 200)
    deleted = [at(row, "Deleted") for row in array(answer.json(), "ImagesDeleted")]
    assert [image in deleted for image in images] == [True, named_goes]
    assert assert_type(answer.json(), "SpaceReclaimed", int) >= WRITTEN
    assert [engine.env.client.get(f"/images/{image}/json").status == 404 for image in images] == [
        True,
        named_goes,
    ]
    assert_status(engine.env.client.get(f"/images/{engine.env.image}/json"), 200)


def fill(env, volume):
    """Write into a volume, so that it takes space."""
    name = env.create_container("sh", "-c", _WRITE, HostConfig={"Binds": [f"{volume}:/place"]})
    env.start_and_wait(name)
    env.require(env.client.delete(f"/containers/{name}"))


@since("1.25/volumes-prune")
def test_volumes_that_no_container_uses_are_removed(engine):
    unused, used = (
        engine.env.adopt("volume", at(engine.env.post("/volumes/create", json={}).json(), "Name"))
        for _ in range(2)
    )
    fill(engine.env, unused)
    engine.env.create_container(HostConfig={"Binds": [f"{used}:/place"]})

    answer = engine.api.post("/volumes/prune")

    assert_status(answer, 200)
    deleted = array(answer.json(), "VolumesDeleted")
    assert (unused in deleted, used in deleted) == (True, False)
    assert assert_type(answer.json(), "SpaceReclaimed", int) >= WRITTEN
    assert [engine.env.client.get(f"/volumes/{name}").status for name in (unused, used)] == [404, 200]


@since("1.25/volumes-prune-named")
def test_volumes_with_a_given_name_are_removed_too(engine):
    volume = engine.env.create_volume()

    answer = engine.api.post("/volumes/prune")

    assert_status(answer, 200)
    assert volume in array(answer.json(), "VolumesDeleted")
    assert_status(engine.env.client.get(f"/volumes/{volume}"), 404)


@since("1.25/networks-prune")
def test_networks_that_no_container_uses_are_removed(engine):
    unused, used = engine.env.create_network(), engine.env.create_network()
    engine.env.create_container(
        "sleep", "86400", start=True, StopSignal="SIGKILL", HostConfig={"NetworkMode": used}
    )

    answer = engine.api.post("/networks/prune")

    assert_status(answer, 200)
    deleted = array(answer.json(), "NetworksDeleted")
    assert (unused in deleted, used in deleted) == (True, False)
    found = [engine.env.client.get(f"/networks/{name}").status for name in (unused, used, "bridge")]
    assert found == [404, 200, 200]
