"""The volume endpoints: what the reference of API v1.21 says of their answers."""

import secrets

import pytest

from conformance import array, assert_status, at, since
from conformance.testing import commit_image, run_created
from fixtures.parameters import SIGNS
from fixtures.prune import PRUNABLE
from fixtures.rows import find_row
from fixtures.volumes import find_volume


@since("reference/volumes-inspect-place")
def test_inspect_shows_the_volume_as_create_and_list_do(api, env):
    name = env.create_volume()

    document = api.get(f"/volumes/{name}").json()

    row = find_row(array(env.get("/volumes"), "Volumes"), "Name", name)
    members = ("Name", "Driver", "Mountpoint")
    assert [at(document, member) for member in members] == [at(row, member) for member in members]


@since("reference/volumes-several-containers")
def test_two_containers_share_what_a_volume_holds(api, env):
    name = env.reserve_name("volume")

    answer = api.post("/volumes/create", json={"Name": name, "Driver": "local"})

    assert_status(answer, 201)
    host = {"Binds": [f"{name}:/data"]}
    run_created(env, env.create_container("sh", "-c", "echo shared > /data/file", HostConfig=host))
    reader = env.create_container("cat", "/data/file", HostConfig=host)
    assert run_created(env, reader, must_write=True).stdout == "shared\n"


@since("reference/volumes-delete-frees-the-name")
def test_a_volume_of_the_same_name_is_empty(api, env):
    name = env.create_volume()
    host = {"Binds": [f"{name}:/data"]}
    writer = env.create_container("touch", "/data/file", HostConfig=host)
    run_created(env, writer)
    # Without v=1, with which engines up to v1.24 remove the named volumes of a container too.
    env.require(env.client.delete(f"/containers/{writer}"))

    answer = api.delete(f"/volumes/{name}")

    assert_status(answer, 204)
    env.post("/volumes/create", json={"Name": name, "Labels": env.labels})
    reader = env.create_container("sh", "-c", "ls /data; echo end", HostConfig=host)
    assert run_created(env, reader, must_write=True).stdout == "end\n"


@since("reference/volumes-freed")
@pytest.mark.parametrize("removal", ["gone by itself", "removed by force"])
def test_a_volume_is_removed_once_its_container_is_gone(api, env, removal):
    volume = env.create_volume()
    command = ["true"] if removal == "gone by itself" else ["sleep", "86400"]
    name = env.create_container(*command, HostConfig={"Binds": [f"{volume}:/data"]})
    env.start(name)
    if removal == "gone by itself":
        env.wait_for_exit(name)
    env.require(env.client.delete(f"/containers/{name}", {"force": 1}))

    answer = api.delete(f"/volumes/{volume}")

    assert_status(answer, 204)
    assert_status(env.client.get(f"/volumes/{volume}"), 404)


@since("reference/volumes-labels-combined")
def test_several_labels_leave_the_volumes_that_have_all_of_them(api, env):
    def make():
        key = f"mark-{secrets.token_hex(4)}"
        return key, [
            env.create_volume(Labels={**env.labels, **labels})
            for labels in ({key: "", f"{key}.b": ""}, {key: ""}, {f"{key}.b": ""})
        ]

    key, volumes = env.share("volumes with one and two labels", make)

    rows = array(api.get("/volumes", {"filters": {"label": [key, f"{key}.b"]}}).json(), "Volumes")

    names = [at(row, "Name") for row in rows]
    assert [volume in names for volume in volumes] == [True, False, False]


@since("reference/volumes-filter-label-signs")
@pytest.mark.parametrize("value", SIGNS, ids=repr)
def test_a_value_with_signs_leaves_the_volume_that_has_it(api, env, value):
    def make():
        key = f"mark-{secrets.token_hex(4)}"
        return key, [
            env.create_volume(Labels={**env.labels, key: label}) for label in (value, f"{value}-other")
        ]

    key, volumes = env.share(("volumes with a label", value), make)

    rows = array(api.get("/volumes", {"filters": {"label": [f"{key}={value}"]}}).json(), "Volumes")

    names = [at(row, "Name") for row in rows]
    assert [volume in names for volume in volumes] == [True, False]


@since("reference/volumes-labels-empty")
def test_a_label_without_a_value_is_kept(api, env):
    name = env.reserve_name("volume")

    answer = api.post("/volumes/create", json={"Name": name, "Labels": {**env.labels, "colour": ""}})

    assert_status(answer, 201)
    assert at(api.get(f"/volumes/{name}").json(), "Labels", "colour") == ""


@since("reference/volumes-image-content-metadata")
@pytest.mark.parametrize("named", [False, True], ids=["anonymous", "named"])
def test_a_volume_has_owners_modes_links_and_pipes_of_the_image(api, env, named):
    script = "mkdir -p /seed/sub; cd /seed; echo one > file; ln -s file link; mkfifo pipe; chmod 2750 sub; chmod 640 file; chown 77:88 file sub; chown 99:66 .; chmod 1777 ."

    def make():
        container = env.create_container("sh", "-c", script, HostConfig={"NetworkMode": "none"})
        env.start_and_wait(container)
        return commit_image(env, container)

    image, name = env.share("image with a seed", make), env.reserve_name("container")
    look = "cd /seed; stat -c '%n %F %a %u:%g' . file pipe sub; readlink link"
    members = (
        {"HostConfig": {"Binds": [f"{env.create_volume()}:/seed"]}} if named else {"Volumes": {"/seed": {}}}
    )
    body = env.container_body("sh", "-c", look, **members)

    answer = api.post("/containers/create", {"name": name}, json={**body, "Image": image})

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout.splitlines() == [
        ". directory 1777 99:66",
        "file regular file 640 77:88",
        "pipe fifo 644 0:0",
        "sub directory 2750 77:88",
        "file",
    ]


@since("reference/volumes-prune-of-containers")
def test_volume_without_a_name_goes_when_its_container_is_gone(spare_engine):
    env = spare_engine.env
    owner = env.create_container(Volumes={"/data": {}})
    volume = env.adopt("volume", find_volume(env, owner, "/data").name)
    env.require(env.client.delete(f"/containers/{owner}"))

    answer = spare_engine.api.post("/volumes/prune")

    assert_status(answer, 200)
    assert volume in array(answer.json(), "VolumesDeleted")
    assert_status(env.client.get(f"/volumes/{volume}"), 404)


@since("reference/volumes-delete-in-use-in-a-swarm")
def test_a_volume_in_use_stays_on_a_node_of_a_swarm(swarm):
    volume = swarm.env.create_volume()
    swarm.env.create_container(HostConfig={"Binds": [f"{volume}:/data"]})

    answer = swarm.api.delete(f"/volumes/{volume}")

    assert_status(answer, 409)
    assert_status(swarm.env.client.get(f"/volumes/{volume}"), 200)


@since("reference/volumes-prune-labels-combined")
@pytest.mark.parametrize("noun", PRUNABLE)
def test_prune_removes_what_has_all_of_several_labels(spare_engine, noun):
    create, path = PRUNABLE[noun]
    env, key = spare_engine.env, f"mark-{secrets.token_hex(4)}"
    names = [
        create(env, {**env.labels, **labels})
        for labels in ({key: "", f"{key}.b": ""}, {key: ""}, {f"{key}.b": ""})
    ]

    answer = spare_engine.api.post(f"/{noun}/prune", {"filters": {"label": [key, f"{key}.b"]}})

    assert_status(answer, 200)
    assert [env.client.get(path.format(name)).status for name in names] == [404, 200, 200]


@since("reference/volumes-prune-unknown-filter")
@pytest.mark.parametrize("noun", PRUNABLE)
def test_a_filter_that_does_not_exist_removes_nothing(spare_engine, noun):
    create, path = PRUNABLE[noun]
    name = create(spare_engine.env, spare_engine.env.labels)

    spare_engine.api.post(f"/{noun}/prune", {"filters": {"nosuchfilter": ["1"]}})

    assert_status(spare_engine.env.client.get(path.format(name)), 200)


@since("reference/volumes-filter-not-dangling")
@pytest.mark.parametrize(
    ("value", "found"), [("false", (True, False)), ("0", (True, False)), ("1", (False, True))]
)
def test_the_filter_dangling_chooses_volumes_in_use_or_not(api, env, value, found):
    def make():
        used, unused = env.create_volume(), env.create_volume()
        env.create_container(HostConfig={"Binds": [f"{used}:/data"]})
        return used, unused

    volumes = env.share("volume in use, and one that is not", make)

    rows = array(api.get("/volumes", {"filters": {"dangling": [value]}}).json(), "Volumes")

    listed = [at(row, "Name") for row in rows]
    assert tuple(name in listed for name in volumes) == found


@since("reference/volumes-filters-combined")
@pytest.mark.parametrize(("driver", "found"), [("local", True), ("nosuch", False)])
def test_filters_of_volumes_hold_together(api, env, driver, found):
    one, other = env.share("two volumes", lambda: (env.create_volume(), env.create_volume()))

    answer = api.get("/volumes", {"filters": {"name": [one], "driver": [driver]}})

    listed = [at(row, "Name") for row in at(answer.json(), "Volumes") or []]
    assert (one in listed, other in listed) == (found, False)
