"""Named volumes in Binds of POST /containers/create, as the reference of API v1.21 has them."""

from conformance import assert_status, since
from conformance.testing import run_created


def create(api, env, script, *binds):
    """Create a container through `api` that runs `script` over `binds`; returns its name."""
    name = env.reserve_name("container")
    body = env.container_body("sh", "-c", script, HostConfig={"Binds": list(binds)})
    assert_status(api.post("/containers/create", {"name": name}, json=body), 201)
    return name


def create_filled_volume(env):
    """The name of a volume with a file."""
    volume = env.create_volume()
    assert (
        env.start_and_wait(create(env.client, env, "echo kept > /data/file", f"{volume}:/data")).exit_code
        == 0
    )
    return volume


@since("1.21/binds-volume")
def test_volume_is_mounted_with_what_it_holds(api, env):
    volume = env.share("filled volume", lambda: create_filled_volume(env))

    name = create(api, env, "cat /place/file", f"{volume}:/place")

    assert run_created(env, name).stdout == "kept\n"


@since("1.21/binds-volume")
def test_what_is_written_goes_into_the_volume(api, env):
    volume = env.create_volume()

    name = create(api, env, "echo new > /place/file", f"{volume}:/place")

    assert run_created(env, name).exit_code == 0
    reader = env.create_container("cat", "/data/file", HostConfig={"Binds": [f"{volume}:/data"]})
    assert env.start_and_wait(reader).stdout == "new\n"


@since("1.21/binds-volume-read-only")
def test_volume_can_be_read_and_not_written(api, env):
    volume = env.share("filled volume", lambda: create_filled_volume(env))

    name = create(
        api, env, "cat /place/file; echo spoilt > /place/file && echo written", f"{volume}:/place:ro"
    )

    assert run_created(env, name).stdout == "kept\n"
