"""POST /build, as engines of API v1.32 changed it: the platform."""

from conformance import assert_progress_succeeds, assert_status, before, since


@since("1.32/build-platform")
def test_malformed_platform_is_refused(api, env, build_context):
    query = {"t": env.reserve_name("image"), "platform": "a/b/c/d"}

    answer = api.post("/build", query, **build_context("LABEL a=b"))

    assert_status(answer, 400)


@since("1.32/build-platform")
def test_image_is_built_for_the_platform_of_the_host(api, env, build_context, platforms):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "platform": platforms.own}, **build_context("LABEL a=b"))

    assert_progress_succeeds(answer)
    image = env.get(f"/images/{name}/json")
    assert f"{image['Os']}/{image['Architecture']}" == platforms.own


@before("1.32/build-platform")
def test_malformed_platform_is_ignored(api, env, build_context):
    query = {"t": env.reserve_name("image"), "platform": "a/b/c/d"}

    answer = api.post("/build", query, **build_context("LABEL a=b"))

    assert_progress_succeeds(answer)
