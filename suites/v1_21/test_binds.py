"""Named volumes in Binds of POST /containers/create, as the reference of API v1.21 has them."""

from conformance import since
from conformance.environment.outcomes import outcome


def create(api, stage, script, *binds):
    """Create a container through `api` that runs `script` over `binds`; returns its name."""
    name = stage.name("container")
    body = stage.body("sh", "-c", script, HostConfig={"Binds": list(binds)})
    assert api.post("/containers/create", {"name": name}, json=body).status == 201
    return name


def filled(stage):
    """The name of a volume with a file."""
    volume = stage.volume()
    assert stage.output(create(stage.client, stage, "echo kept > /data/file", f"{volume}:/data")).code == 0
    return volume


@since("1.21/binds-volume")
def test_volume_is_mounted_with_what_it_holds(api, stage):
    volume = stage.shared("filled volume", lambda: filled(stage))

    name = create(api, stage, "cat /place/file", f"{volume}:/place")

    assert outcome(stage, name).out == "kept\n"


@since("1.21/binds-volume")
def test_what_is_written_goes_into_the_volume(api, stage):
    volume = stage.volume()

    name = create(api, stage, "echo new > /place/file", f"{volume}:/place")

    assert outcome(stage, name).code == 0
    reader = stage.container("cat", "/data/file", HostConfig={"Binds": [f"{volume}:/data"]})
    assert stage.output(reader).out == "new\n"


@since("1.21/binds-volume-read-only")
def test_volume_can_be_read_and_not_written(api, stage):
    volume = stage.shared("filled volume", lambda: filled(stage))

    name = create(
        api, stage, "cat /place/file; echo spoilt > /place/file && echo written", f"{volume}:/place:ro"
    )

    assert outcome(stage, name).out == "kept\n"
