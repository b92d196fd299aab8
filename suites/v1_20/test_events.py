"""GET /events, as API v1.20 added events of images."""

import base64
import json

import pytest

from conformance import since
from conformance.errors import StageError
from conformance.messages import failure
from conformance.stage.images import imported


def import_and_tag(stage):
    name = imported(stage, b"to be tagged\n")
    again = stage.tagged(name)
    return stage.get(f"/images/{name}/json")["Id"], name, again


@since("1.20/events-image-actions")
@pytest.mark.parametrize("event", ["import", "tag"])
def test_importing_and_tagging_emit_their_events(witnessed, event):
    names, heard = witnessed(import_and_tag)

    assert event in heard.actions(*names, until=event)


@pytest.fixture
def push_and_pull(daemon):
    """A deed: an image goes to the registry and comes back."""
    registry = daemon.registry

    def deed(stage):
        login = {
            "username": registry.username,
            "password": registry.password,
            "serveraddress": registry.address,
        }
        headers = {"X-Registry-Auth": base64.urlsafe_b64encode(json.dumps(login).encode()).decode()}
        made = imported(stage, b"to be pushed\n")
        name = stage.adopt("image", f"{registry.address}/{made}")
        repo, _, tag = name.rpartition(":")
        stage.post(f"/images/{made}/tag", {"repo": repo, "tag": tag})
        _done(stage.post(f"/images/{repo}/push", {"tag": tag}, headers=headers))
        image = stage.get(f"/images/{name}/json")["Id"]
        for one in (name, made):
            stage.remove("image", one)
        stage.adopt("image", name)
        _done(stage.post("/images/create", {"fromImage": repo, "tag": tag}, headers=headers))
        return image, name, repo

    return deed


def _done(answer):
    why = failure(answer)
    if why:
        raise StageError(why)


@since("1.20/events-image-registry")
@pytest.mark.parametrize("event", ["push", "pull"])
def test_pushing_and_pulling_emit_their_events(witnessed, push_and_pull, event):
    names, heard = witnessed(push_and_pull)

    assert event in heard.actions(*names, until=event)
