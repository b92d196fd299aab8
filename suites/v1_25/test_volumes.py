"""The volume endpoints, as API v1.25 changed them: removal by force, and the options of the driver."""

import posixpath

import pytest

from conformance import array, assert_status, assert_type, at, since


@pytest.fixture
def volume_without_data(env):
    """The name of a volume whose directory was removed behind the daemon's back."""
    name = env.create_volume()
    folder, last = posixpath.split(at(env.get(f"/volumes/{name}"), "Mountpoint"))
    remover = env.create_container(
        "rm", "-rf", f"/folder/{last}", HostConfig={"Binds": [f"{folder}:/folder"]}
    )
    env.start_and_wait(remover)
    return name


@since("1.25/volume-delete-force")
@pytest.mark.parametrize("value", ["1", "true"])
def test_volume_is_removed_though_its_data_is_gone(api, env, volume_without_data, value):
    answer = api.delete(f"/volumes/{volume_without_data}", {"force": value})

    assert_status(answer, 204)
    assert_status(env.client.get(f"/volumes/{volume_without_data}"), 404)


OPTIONS = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}


def assert_has_options(volume):
    shown = assert_type(volume, "Options", dict)
    assert {name: at(shown, name) for name in OPTIONS} == OPTIONS


@since("1.25/volume-options")
def test_create_answers_with_the_options(api, env):
    name = env.reserve_name("volume")

    answer = api.post("/volumes/create", json={"Name": name, "Driver": "local", "DriverOpts": OPTIONS})

    assert_status(answer, 201)
    assert_has_options(answer.json())


@pytest.fixture
def volume_with_options(env):
    """The name of a volume whose driver got OPTIONS."""
    return env.share("volume with options", lambda: env.create_volume(DriverOpts=OPTIONS))


@since("1.25/volume-options")
def test_inspect_has_the_options(api, volume_with_options):
    document = api.get(f"/volumes/{volume_with_options}").json()

    assert_has_options(document)


@since("1.25/volume-options")
def test_list_has_the_options(api, volume_with_options):
    rows = array(api.get("/volumes", {"filters": {"name": [volume_with_options]}}).json(), "Volumes")

    row = next((row for row in rows if at(row, "Name") == volume_with_options), None)
    assert_has_options(row)


@since("1.25/volume-scope")
def test_volume_of_one_machine_is_local(api, env, volume_with_options):
    created = api.post("/volumes/create", json={"Name": env.reserve_name("volume")}).json()
    inspected = api.get(f"/volumes/{volume_with_options}").json()
    rows = array(api.get("/volumes", {"filters": {"name": [volume_with_options]}}).json(), "Volumes")

    listed = next((row for row in rows if at(row, "Name") == volume_with_options), None)
    assert [at(volume, "Scope") for volume in (created, inspected, listed)] == ["local"] * 3
