"""GET /containers/json, as the reference of API v1.23 has it: the filters ancestor, before, since and volume."""

import pytest

from conformance import array, at, since
from conformance.testing import import_image


def listed(answer):
    return [at(row, "Id") for row in array(answer.json())]


def create(env, **members):
    """Create a container that is never started; returns its id."""
    name = env.create_container(
        HostConfig={"NetworkMode": "none", **members.pop("HostConfig", {})}, **members
    )
    return at(env.get(f"/containers/{name}/json"), "Id")


@since("1.23/containers-filter-ancestor")
@pytest.mark.parametrize("by", ["name", "id"])
def test_filter_leaves_the_containers_of_the_image(api, env, by):
    def make():
        name = import_image(env, b"an image of its own\n")
        return name, at(env.get(f"/images/{name}/json"), "Id"), create(env, Image=name)

    name, image, container = env.share("container of another image", make)

    found = listed(
        api.get("/containers/json", {"all": 1, "filters": {"ancestor": [name if by == "name" else image]}})
    )

    assert (container in found, env.idle_container() in found) == (True, False)


@since("1.23/containers-filter-before-since")
@pytest.mark.parametrize("by", ["name", "id"])
@pytest.mark.parametrize(
    ("key", "expected"),
    [("before", [True, False, False]), ("since", [False, False, True])],
    ids=["before", "since"],
)
def test_filter_leaves_the_containers_that_are_older_or_younger(api, env, key, expected, by):
    containers = env.share("three containers", lambda: [create(env) for _ in range(3)])
    middle = containers[1]
    value = middle if by == "id" else at(env.get(f"/containers/{middle}/json"), "Name").lstrip("/")

    found = listed(api.get("/containers/json", {"all": 1, "filters": {key: [value]}}))

    assert [container in found for container in containers] == expected


@since("1.23/containers-filter-volume")
@pytest.mark.parametrize("by", ["name", "path"])
def test_filter_leaves_the_containers_with_the_volume(api, env, by):
    def make():
        volume = env.create_volume()
        path = f"/{volume}-place"
        return volume, path, create(env, HostConfig={"Binds": [f"{volume}:{path}"]})

    volume, path, container = env.share("container with a volume to filter by", make)

    found = listed(
        api.get("/containers/json", {"all": 1, "filters": {"volume": [volume if by == "name" else path]}})
    )

    assert (container in found, env.idle_container() in found) == (True, False)
