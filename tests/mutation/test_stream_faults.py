"""What builds leave on a daemon goes at the end, and nothing that is somebody else's."""

from __future__ import annotations

import pytest
from listing import Listing, refused, rows

from conformance.environment import Environment, Ledger
from conformance.environment.images import BuildContexts
from conformance.environment.ledger import new_run
from conformance.environment.test_image import TestImage


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Makes an environment on a daemon with these lists, and the label of what its builds make."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def make(answers):
        client = Listing(answers)
        env = Environment(client, Ledger(new_run("unix:///nowhere"), "main"), TestImage("image:1", "image:1"))
        key, _, value = BuildContexts(env)._worker.partition("=")
        return client, env, {key: value}

    return make


def test_a_layer_that_shows_when_the_one_upon_it_is_gone_goes_too(made):
    client, env, labels = made({})
    left = (
        [{"Id": "sha256:2", "Labels": labels}],
        [{"Id": "sha256:1", "RepoTags": ["<none>:<none>"], "Labels": labels}],
    )
    client.tell("/images/json", *(rows(*images) for images in left), rows())
    client.tell("/containers/json", rows({"Id": "of-a-build", "Labels": labels}), rows())

    assert env.close() == []
    assert client.removed == ["/containers/of-a-build", "/images/sha256:2", "/images/sha256:1"]


def test_what_a_daemon_that_ignores_filters_shows_of_others_stays(made):
    others = [{"Id": "theirs", "Labels": {}}, {"Id": "x", "Labels": None}, {"Id": "y"}, 5, None]
    client, env, labels = made({"/images/json": [rows(*others)], "/containers/json": [rows(*others)]})
    named = {"Id": "named", "RepoTags": ["theirs:1"], "Labels": labels}
    client.tell(
        "/images/json",
        rows(*others, named, {"Id": "", "Labels": labels}, {"Id": "odd", "RepoTags": 5, "Labels": labels}),
        rows(),
    )

    assert env.close() == []
    assert client.removed == ["/images/odd"]


def test_what_stays_is_reported(made):
    client, env, labels = made({})
    client.tell("/images/json", rows({"Id": "1", "Labels": labels}))

    assert env.close() == ["image 1 is still there"]


def test_a_list_that_is_refused_is_reported(made):
    _, env, _ = made({"/containers/json": [refused(403)]})

    [message] = env.close()

    assert message.startswith("failed to list leftovers of builds: GET /containers/json was refused with 403")
