"""POST /build, as the reference of API v1.38 describes it: the version of the builder, and the stage."""

import pytest

from conformance import assert_progress_fails, assert_progress_succeeds, since
from conformance.testing import Member, read_image_file

#: What BuildKit alone understands.
MOUNT = "RUN --mount=type=tmpfs,target=/scratch grep -c ' /scratch ' /proc/mounts > /seen"


@pytest.fixture
def context(build_engine, build_contexts_of):
    """A build whose instruction only BuildKit understands. It leaves a cache, so it has an engine of its own."""
    return build_contexts_of(build_engine)(MOUNT)


@since("1.38/build-version")
def test_version_2_is_buildkit(build_engine, context):
    name = build_engine.env.reserve_name("image")

    answer = build_engine.api.post("/build", {"t": name, "version": "2"}, **context)

    assert_progress_succeeds(answer)
    assert read_image_file(build_engine.env, name, "/seen") == "1\n"


@since("1.38/build-version")
@pytest.mark.parametrize("query", [{}, {"version": "1"}], ids=["unsaid", "1"])
def test_version_1_is_the_classic_builder(build_engine, context, query):
    name = build_engine.env.reserve_name("image")

    answer = build_engine.api.post("/build", {"t": name, **query}, **context)

    assert_progress_fails(answer)


@since("1.38/build-target")
@pytest.mark.parametrize("target", ["first", "Second"])
def test_build_ends_with_the_stage(api, env, build_context, target):
    name = env.reserve_name("image")
    stages = [f"FROM {env.image_name} AS {stage}\nCOPY {stage} /stage" for stage in ("first", "Second")]
    files = [Member(stage, stage.encode()) for stage in ("first", "Second")]

    answer = api.post(
        "/build", {"t": name, "nocache": 1, "target": target}, **build_context(*stages, files=files)
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/stage") == target
