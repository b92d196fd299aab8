"""Mounts in POST /containers/create, as API v1.45 changed them: a part of a volume."""

import pytest

from conformance import assert_refused, assert_status, since
from conformance.testing import FixtureError, run_created


@pytest.fixture
def volume(env):
    """The name of a volume with a file in its folder ``part``, and another file beside that folder."""

    def fill():
        name = env.create_volume()
        script = "mkdir /data/part && touch /data/part/inside /data/beside"
        filler = env.create_container("sh", "-c", script, HostConfig={"Binds": [f"{name}:/data"]})
        if env.start_and_wait(filler).exit_code != 0:
            raise FixtureError("the process could not write into the volume")
        return name

    return env.share("volume with a part", fill)


def mount(volume, subpath):
    options = {"Subpath": subpath}
    return {"Mounts": [{"Type": "volume", "Source": volume, "Target": "/part", "VolumeOptions": options}]}


@since("1.45/mount-volume-subpath")
def test_part_of_the_volume_is_mounted(api, env, volume):
    name = env.reserve_name("container")

    body = env.container_body("ls", "/part", HostConfig=mount(volume, "part"))
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "inside\n"


@since("1.45/mount-volume-subpath-outside")
@pytest.mark.parametrize("subpath", ["..", "part/../.."])
def test_nothing_outside_of_the_volume_is_mounted(api, env, volume, subpath):
    name = env.reserve_name("container")

    body = env.container_body("ls", "/part", HostConfig=mount(volume, subpath))
    answer = api.post("/containers/create", {"name": name}, json=body)

    if answer.ok:
        answer = api.post(f"/containers/{name}/start")
    assert_refused(answer)
