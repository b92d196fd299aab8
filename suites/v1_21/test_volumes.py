"""The volume endpoints, as API v1.21 added them."""

import pytest

from conformance import (
    ABSENT,
    adopt_if_created,
    array,
    assert_alive,
    assert_refused,
    assert_status,
    assert_type,
    at,
    since,
)
from conformance.testing import Member, pack, unpack


def assert_describes(document, name, driver="local"):
    assert at(document, "Name") == name
    assert at(document, "Driver") == driver
    assert assert_type(document, "Mountpoint", str).startswith("/")


@since("1.21/volumes-list")
def test_list_has_a_volume_that_is_there(api, env):
    name = env.create_volume()

    volumes = array(api.get("/volumes").json(), "Volumes")

    assert_describes(next((row for row in volumes if at(row, "Name") == name), ABSENT), name)


@since("1.21/volumes-filter-dangling")
def test_filter_dangling_leaves_unused_volumes_only(api, env):
    used, unused = env.create_volume(), env.create_volume()
    env.create_container(HostConfig={"Binds": [f"{used}:/data"]})

    volumes = array(api.get("/volumes", {"filters": {"dangling": ["true"]}}).json(), "Volumes")

    names = [at(row, "Name") for row in volumes]
    assert (unused in names, used in names) == (True, False)


@since("1.21/volumes-create")
def test_create_makes_a_volume(api, env):
    name = env.reserve_name("volume")

    answer = api.post("/volumes/create", json={"Name": name})

    assert_status(answer, 201)
    assert_describes(answer.json(), name)
    assert_describes(env.get(f"/volumes/{name}"), name)


@since("1.21/volumes-create")
def test_data_outlives_the_container(api, env):
    name = env.reserve_name("volume")

    assert_status(api.post("/volumes/create", json={"Name": name}), 201)

    binds = {"Binds": [f"{name}:/data"]}
    writer = env.create_container("sh", "-c", "echo kept > /data/file", HostConfig=binds)
    env.start_and_wait(writer)
    # Without v=1, with which engines up to v1.24 remove the named volumes of a container too.
    env.require(env.client.delete(f"/containers/{writer}"))
    assert env.start_and_wait(env.create_container("cat", "/data/file", HostConfig=binds)).stdout == "kept\n"


@since("1.21/volumes-create-name-in-use")
def test_create_with_a_name_in_use_keeps_the_volume(api, env):
    name = env.create_volume()
    holder = env.create_container(HostConfig={"Binds": [f"{name}:/data"]})
    where = f"/containers/{holder}/archive"
    env.require(env.client.put(where, {"path": "/data"}, body=pack(Member("file", b"kept\n"))))

    answer = api.post("/volumes/create", json={"Name": name})

    assert_status(answer, 201)
    assert at(answer.json(), "Name") == name
    assert (
        unpack(env.require(env.client.get(where, {"path": "/data/file"})).body)["file"].content == b"kept\n"
    )


@since("1.21/volumes-create-unnamed")
def test_create_without_a_name_generates_one(api, env):
    first, second = (api.post("/volumes/create", json={"Labels": env.labels}) for _ in range(2))

    names = [env.adopt("volume", at(answer.json(), "Name")) for answer in (first, second)]
    assert_status(first, 201)
    assert_status(second, 201)
    assert all(names) and names[0] != names[1]
    assert_describes(env.get(f"/volumes/{names[0]}"), names[0])


@since("1.21/volumes-bad-input")
@pytest.mark.parametrize(
    "body",
    [b'{"Name":', b"[]", b'{"Name": 7}', b'{"Driver": ["local"]}', b'{"DriverOpts": "size=1m"}'],
    ids=["cut short", "array", "number", "list", "text"],
)
def test_body_that_cannot_be_read_is_refused(api, env, body):
    answer = api.post("/volumes/create", body=body, headers={"Content-Type": "application/json"})

    adopt_if_created(env, "volume", answer)
    assert_refused(answer)
    assert_alive(api)


@since("1.21/volumes-bad-input")
@pytest.mark.parametrize("filters", ["dangling", "[1"], ids=["text", "cut short"])
def test_filters_that_cannot_be_read_are_refused(api, filters):
    answer = api.get("/volumes", {"filters": filters})

    assert_refused(answer)
    assert_alive(api)


@since("1.21/volumes-create-default-driver")
@pytest.mark.parametrize("members", [{}, {"Driver": "local"}], ids=["default", "named"])
def test_driver_is_local(api, env, members):
    name = env.reserve_name("volume")

    answer = api.post("/volumes/create", json={"Name": name, **members})

    assert at(answer.json(), "Driver") == "local"


@since("1.21/volumes-inspect")
def test_inspect_describes_the_volume(api, env):
    name = env.create_volume()

    answer = api.get(f"/volumes/{name}")

    assert_status(answer, 200)
    assert_describes(answer.json(), name)


@since("1.21/volumes-inspect-missing")
def test_inspect_of_an_unknown_volume_is_not_found(api, env):
    answer = api.get(f"/volumes/{env.prefix}unknown")

    assert_status(answer, 404)


@since("1.21/volumes-delete")
def test_delete_removes_the_volume(api, env):
    name = env.create_volume()

    answer = api.delete(f"/volumes/{name}")

    assert_status(answer, 204)
    assert answer.body == b""
    assert_status(env.client.get(f"/volumes/{name}"), 404)


@since("1.21/volumes-delete-missing")
def test_delete_of_an_unknown_volume_is_not_found(api, env):
    answer = api.delete(f"/volumes/{env.prefix}unknown")

    assert_status(answer, 404)


@since("1.21/volumes-delete-in-use")
def test_delete_of_a_volume_in_use_is_refused(api, env):
    name = env.create_volume()
    env.create_container(HostConfig={"Binds": [f"{name}:/data"]})

    answer = api.delete(f"/volumes/{name}")

    assert_status(answer, 409)
    assert_status(env.client.get(f"/volumes/{name}"), 200)
