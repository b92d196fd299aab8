"""POST /build, as the reference of API v1.16 describes it: the base image may be asked for again."""

import pytest

from conformance import since
from conformance.environment.images import content, imported
from conformance.http.progress_stream import failure


@pytest.fixture
def outdated(env, offered):
    """A name under which the registry holds an image of another content than the daemon."""
    repository, _, tag = offered[0].rpartition(":")
    source = env.shared("outdated image", lambda: imported(env, b"outdated\n"))
    env.post(f"/images/{source}/tag", {"repo": repository, "tag": tag})
    return offered[0]


@since("1.16/build-pull")
def test_pull_asks_the_registry_for_the_base(api, env, shelf, recipe, outdated):
    name = env.name("image")
    context = recipe(base=outdated)

    answer = api.post(
        "/build",
        {"t": name, "nocache": 1, "pull": 1},
        body=context["body"],
        headers={**context["headers"], **shelf.config()},
    )

    assert failure(answer) == ""
    assert content(env, name, "/file") == f"content of {outdated}\n"


@since("1.16/build-pull")
def test_without_pull_the_daemons_own_is_built_upon(api, env, shelf, recipe, outdated):
    name = env.name("image")
    context = recipe(base=outdated)

    answer = api.post(
        "/build",
        {"t": name, "nocache": 1},
        body=context["body"],
        headers={**context["headers"], **shelf.config()},
    )

    assert failure(answer) == ""
    assert content(env, name, "/file") == "outdated\n"
