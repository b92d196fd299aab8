"""POST /build, as the reference of API v1.16 describes it: the base image may be asked for again."""

import pytest

from conformance import assert_progress_succeeds, since
from conformance.testing import import_image, read_image_file


@pytest.fixture
def outdated(env, pullable_images):
    """A name of an image whose content differs between registry and daemon."""
    repository, _, tag = pullable_images[0].rpartition(":")
    source = env.share("outdated image", lambda: import_image(env, b"outdated\n"))
    env.post(f"/images/{source}/tag", {"repo": repository, "tag": tag})
    return pullable_images[0]


@since("1.16/build-pull")
def test_pull_asks_the_registry_for_the_base(api, env, registry, build_context, outdated):
    name = env.reserve_name("image")
    context = build_context(base=outdated)

    answer = api.post(
        "/build",
        {"t": name, "nocache": 1, "pull": 1},
        body=context["body"],
        headers={**context["headers"], **registry.config_header()},
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == f"content of {outdated}\n"


@since("1.16/build-pull")
def test_without_pull_the_daemons_own_is_built_upon(api, env, registry, build_context, outdated):
    name = env.reserve_name("image")
    context = build_context(base=outdated)

    answer = api.post(
        "/build",
        {"t": name, "nocache": 1},
        body=context["body"],
        headers={**context["headers"], **registry.config_header()},
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == "outdated\n"
