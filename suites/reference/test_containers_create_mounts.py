"""Volumes, folders and images that are mounted in a container, as POST /containers/create describes them."""

import secrets

import pytest

from conformance import (
    adopt_if_created,
    assert_refused,
    assert_status,
    since,
)
from conformance.testing import (
    import_image,
    run_created,
)


@since("reference/containers-create-volumes-from")
@pytest.mark.parametrize(("suffix", "written"), [("", True), (":rw", True), (":ro", False)])
def test_volumes_of_another_container_are_there(api, env, volume_source, suffix, written):
    name = env.reserve_name("container")
    script = "cat /data/file; touch /data/new 2>/dev/null && echo written && rm /data/new"
    body = env.container_body("sh", "-c", script, HostConfig={"VolumesFrom": [volume_source + suffix]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout.splitlines()
    assert shown == (["in the volume", "written"] if written else ["in the volume"])


@since("reference/containers-create-volumes")
@pytest.mark.parametrize(
    "path", ["/data", "/deep/in/it", "/data/"], ids=["one level", "deep", "with a slash"]
)
def test_each_path_is_a_volume(api, env, path):
    name = env.reserve_name("container")
    script = f"grep -c ' {path.rstrip('/')} ' /proc/mounts; touch {path}/file && echo written"
    body = env.container_body("sh", "-c", script, Volumes={path: {}, "/other": {}})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout.split() == ["1", "written"]


@since("reference/containers-create-binds")
@pytest.mark.parametrize(("suffix", "written"), [("", True), (":ro", False)], ids=["writable", "read-only"])
def test_a_folder_of_the_host_is_mounted(api, env, host_folder, suffix, written):
    name = env.reserve_name("container")
    script = "cat /bound/file; touch /bound/new 2>/dev/null && echo written && rm /bound/new"
    host = {"Binds": [f"{host_folder}:/bound{suffix}"]}
    body = env.container_body("sh", "-c", script, HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    shown = run_created(env, name, must_write=True).stdout.splitlines()
    assert shown == (["on the host", "written"] if written else ["on the host"])


@since("reference/containers-create-binds")
def test_several_folders_of_the_host_are_mounted(api, env, host_folder):
    name = env.reserve_name("container")
    host = {"Binds": [f"{host_folder}:/one", f"{host_folder}:/two:ro"]}
    body = env.container_body("cat", "/one/file", "/two/file", HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "on the host\n" * 2


@since("reference/containers-create-binds")
def test_one_file_of_the_host_is_mounted(api, env, host_folder):
    name = env.reserve_name("container")
    body = env.container_body("cat", "/bound", HostConfig={"Binds": [f"{host_folder}/file:/bound:ro"]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "on the host\n"


@pytest.fixture
def mountable_image(env):
    """The name of an image with ``/file``, which says ``in the image``."""
    return env.share("image to mount at several places", lambda: import_image(env, b"in the image\n"))


@since("reference/containers-mounts-image-twice")
@pytest.mark.parametrize("place", ["/one", "/two"])
def test_an_image_is_mounted_at_two_places(api, env, mountable_image, place):
    name = env.reserve_name("container")

    mounts = [{"Type": "image", "Source": mountable_image, "Target": target} for target in ("/one", "/two")]
    body = env.container_body("cat", f"{place}/file", HostConfig={"Mounts": mounts})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "in the image\n"


#: A path of more characters than a file's name may have, of which each folder's name is short.
LONG_PATH = "/dddddddddddddddddddddddddddddd" * 9 + "/end"


@since("reference/containers-mounts-image-long-path")
def test_an_image_is_mounted_at_a_long_path(api, env, mountable_image):
    name = env.reserve_name("container")

    mounts = [{"Type": "image", "Source": mountable_image, "Target": LONG_PATH}]
    body = env.container_body("cat", f"{LONG_PATH}/file", HostConfig={"Mounts": mounts})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "in the image\n"


@since("reference/containers-create-volume-twice")
def test_a_volume_is_mounted_at_two_paths(api, env):
    name, volume = env.reserve_name("container"), env.create_volume()
    script = "echo shared > /one/file; cat /two/file; touch /two/new 2>/dev/null && echo written"
    body = env.container_body(
        "sh", "-c", script, HostConfig={"Binds": [f"{volume}:/one", f"{volume}:/two:ro"]}
    )

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "shared\n"


@since("reference/containers-create-bind-over-volume")
def test_a_folder_of_the_host_takes_the_place_of_a_volume(api, env, host_folder):
    name = env.reserve_name("container")
    script = "grep -c ' /data ' /proc/mounts; cat /data/file"
    host = {"Binds": [f"{host_folder}:/data"]}
    body = env.container_body("sh", "-c", script, Volumes={"/data": {}}, HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "1\non the host\n"


@since("reference/containers-create-volume-over-volume")
def test_a_volume_with_a_name_takes_the_place_of_one_without(api, env):
    volume, name = env.create_volume(), env.reserve_name("container")
    env.start_and_wait(
        env.create_container("sh", "-c", "echo named > /data/file", HostConfig={"Binds": [f"{volume}:/data"]})
    )
    host = {"Binds": [f"{volume}:/data"]}
    script = "grep -c ' /data ' /proc/mounts; cat /data/file"
    body = env.container_body("sh", "-c", script, Volumes={"/data": {}}, HostConfig=host)

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout == "1\nnamed\n"


@since("reference/containers-create-volumes-from-unknown")
def test_volumes_of_an_unknown_container_are_refused(api, env):
    name = env.reserve_name("container")
    body = env.container_body(HostConfig={"VolumesFrom": [f"nosuch-{secrets.token_hex(4)}"]})

    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)


@since("reference/containers-create-shm")
def test_a_temporary_file_system_takes_the_place_of_dev_shm(api, env):
    name = env.reserve_name("container")
    body = env.container_body("df", "-k", "/dev/shm", HostConfig={"Tmpfs": {"/dev/shm": "size=3m"}})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name, must_write=True).stdout.split()[-5] == "3072"


@since("reference/containers-mounts-nested")
@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["outer first", "inner first"])
def test_a_mount_below_another_is_seen(api, env, order):
    name = env.reserve_name("container")
    targets = ["/outer", "/outer/inner"]
    script = "touch /outer/a /outer/inner/b; ls /outer /outer/inner | sort; grep -c ' /outer' /proc/mounts"
    mounts = [{"Type": "tmpfs", "Target": targets[index]} for index in order]

    answer = api.post(
        "/containers/create",
        {"name": name},
        json=env.container_body("sh", "-c", script, HostConfig={"Mounts": mounts}),
    )

    assert_status(answer, 201)
    *shown, count = run_created(env, name, must_write=True).stdout.split()
    assert {"a", "b", "inner"} <= set(shown)
    assert count == "2"


@since("reference/containers-create-binds-absolute")
@pytest.mark.parametrize("bind", ["/tmp:relative", "/tmp:relative:ro", "/tmp:./here"])
def test_a_path_in_the_container_that_is_not_absolute_is_refused(api, env, bind):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"Binds": [bind]})
    )

    adopt_if_created(env, "container", answer)
    assert_refused(answer)
