"""HostConfig.Mounts of POST /containers/create, which API v1.25 added: what the process finds at each Target."""

import pytest

from conformance import adopt_if_created, assert_refused, assert_status, at, since
from conformance.testing import commit_image, run_created


@pytest.fixture
def create(api, env):
    """Creates a container with a command and `members` in this version, and asserts that it was created; returns its name."""

    def create(path, *cmd, **members):
        name = env.reserve_name("container")
        answer = api.post(path, {"name": name}, json=env.container_body(*cmd, **members))
        assert_status(answer, 201)
        return name

    return create


@since("1.25/hostconfig-mounts")
def test_mounts_of_each_type_are_there_beside_the_older_members(env, create, host_folder):
    volume, older = env.create_volume(), env.create_volume()
    mounts = [
        {"Type": "bind", "Source": host_folder, "Target": "/bind"},
        {"Type": "volume", "Source": volume, "Target": "/volume"},
        {"Type": "tmpfs", "Target": "/tmpfs"},
    ]

    host = {"Mounts": mounts, "Binds": [f"{older}:/older-bind"], "Tmpfs": {"/older-tmpfs": ""}}
    show = (
        "sh",
        "-c",
        "cat /bind/file; while read -r device path type rest; do echo $path $type; done < /proc/mounts",
    )
    name = create("/containers/create", *show, HostConfig=host, Volumes={"/older-volume": {}})

    first, *lines = run_created(env, name).stdout.splitlines()
    types = dict(line.split() for line in lines)
    assert first == "on the host"
    assert {"/bind", "/volume", "/older-bind", "/older-volume"} <= types.keys()
    assert (types.get("/tmpfs"), types.get("/older-tmpfs")) == ("tmpfs", "tmpfs")


@since("1.25/hostconfig-mounts-readonly")
@pytest.mark.parametrize("kind", ["bind", "volume", "tmpfs"])
def test_mount_is_written_to_unless_it_is_read_only(env, create, host_folder, kind):
    source = {"bind": {"Source": host_folder}, "volume": {"Source": env.create_volume()}, "tmpfs": {}}[kind]
    mounts = [
        {"Type": kind, "Target": f"/{only}", **source, "ReadOnly": only == "read"}
        for only in ("read", "write")
    ]

    write = (
        "sh",
        "-c",
        "for place in read write; do touch /$place/new 2>/dev/null && echo $place; done; true",
    )
    name = create("/containers/create", *write, HostConfig={"Mounts": mounts})

    assert run_created(env, name).stdout.split() == ["write"]


@since("1.25/hostconfig-mounts-bind-source")
def test_directory_that_does_not_exist_is_refused_and_not_made(api, env, host_folder):
    name, missing = env.reserve_name("container"), f"{host_folder}/missing"

    mount = {"Type": "bind", "Source": missing, "Target": "/place"}
    body = env.container_body(HostConfig={"Mounts": [mount]})
    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)
    look = env.create_container("ls", "/place", HostConfig={"Binds": [f"{host_folder}:/place"]})
    assert "missing" not in env.start_and_wait(look).stdout.split()


@since("1.25/hostconfig-mounts-tmpfs-source")
def test_temporary_file_system_with_a_source_is_refused(api, env):
    name = env.reserve_name("container")

    mount = {"Type": "tmpfs", "Source": "/somewhere", "Target": "/place"}
    body = env.container_body(HostConfig={"Mounts": [mount]})
    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)


@since("1.25/hostconfig-mounts-tmpfs-options")
def test_temporary_file_system_has_its_size_and_permissions(env, create):
    options = {"SizeBytes": 1_048_576, "Mode": 0o700}

    mount = {"Type": "tmpfs", "Target": "/place", "TmpfsOptions": options}
    fill = (
        "stat -c %a /place; dd if=/dev/zero of=/place/full bs=64k count=32 2>/dev/null; wc -c < /place/full"
    )
    name = create("/containers/create", "sh", "-c", fill, HostConfig={"Mounts": [mount]})

    assert run_created(env, name).stdout.split() == ["700", "1048576"]


#: A directory that every daemon's host has; no process is started with it.
ANY = "/usr"


@since("1.25/hostconfig-mounts-bind-propagation")
@pytest.mark.parametrize("propagation", ["private", "rprivate", "shared", "rshared", "slave", "rslave"])
def test_mount_has_the_propagation(env, create, propagation):
    mount = {"Type": "bind", "Source": ANY, "Target": "/place", "BindOptions": {"Propagation": propagation}}

    name = create("/containers/create", HostConfig={"Mounts": [mount]})

    assert at(env.get(f"/containers/{name}/json"), "Mounts", 0, "Propagation") == propagation


@since("1.25/hostconfig-mounts-bind-propagation")
def test_unknown_propagation_is_refused(api, env):
    name = env.reserve_name("container")

    mount = {"Type": "bind", "Source": ANY, "Target": "/place", "BindOptions": {"Propagation": "sideways"}}
    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"Mounts": [mount]})
    )

    adopt_if_created(env, "container", answer)
    assert_refused(answer)


@pytest.fixture
def image_with_a_file(env):
    """The name of an image with the file ``/place/from-the-image``."""

    def make():
        name = env.create_container("sh", "-c", "mkdir /place; touch /place/from-the-image")
        env.start_and_wait(name)
        return commit_image(env, name)

    return env.share("image with a file", make)


@since("1.25/hostconfig-mounts-volume-nocopy")
@pytest.mark.parametrize("no_copy", [False, True])
def test_new_volume_gets_the_files_of_the_image_unless_it_is_told_not_to(
    env, create, image_with_a_file, no_copy
):
    volume = env.reserve_name("volume")
    mount = {
        "Type": "volume",
        "Source": volume,
        "Target": "/place",
        "VolumeOptions": {"NoCopy": no_copy},
    }

    name = create(
        "/containers/create", "ls", "/place", Image=image_with_a_file, HostConfig={"Mounts": [mount]}
    )

    assert run_created(env, name).stdout.split() == ([] if no_copy else ["from-the-image"])


@since("1.25/hostconfig-mounts-volume-options")
def test_volume_has_the_labels_and_the_options_and_outlives_the_container(env, create):
    volume, driver = env.reserve_name("volume"), {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    options = {"Labels": {"colour": "red"}, "DriverConfig": {"Name": "local", "Options": driver}}

    mount = {"Type": "volume", "Source": volume, "Target": "/place", "VolumeOptions": options}
    name = create("/containers/create", "grep", " /place ", "/proc/mounts", HostConfig={"Mounts": [mount]})

    assert "size=1024k" in run_created(env, name).stdout
    env.require(env.client.delete(f"/containers/{name}", {"v": 1}))
    answer = env.client.get(f"/volumes/{volume}")
    assert_status(answer, 200)
    assert at(answer.json(), "Labels.colour") == "red"
