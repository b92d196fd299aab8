"""POST /build, as the reference of API v1.20 describes it: credentials for the registry of the base image."""

import pytest

from conformance import assert_progress_fails, assert_progress_succeeds, assert_status, since
from conformance.testing import read_image_file

#: Its encoding has a character in which the URL-safe alphabet differs.
OTHER = {"registry.example.com": {"username": ">>>???>>>???", "password": "???>>>???>>>"}}


@since("1.20/build-registry-config")
@pytest.mark.parametrize("others", [{}, OTHER], ids=["one registry", "two registries"])
def test_base_is_pulled_with_the_credentials(api, env, registry, build_context, pullable_images, others):
    name = env.reserve_name("image")
    context = build_context(base=pullable_images[0])

    answer = api.post(
        "/build",
        {"t": name, "nocache": 1},
        body=context["body"],
        headers={**context["headers"], **registry.config_header(**others)},
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == f"content of {pullable_images[0]}\n"


@since("1.20/build-registry-config")
def test_without_credentials_the_build_ends_in_an_error(api, env, build_context, pullable_images):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context(base=pullable_images[0]))

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)
