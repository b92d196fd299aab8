"""POST /build, as API v1.40 changed it: the outputs of BuildKit."""

import pytest

from conformance import assert_progress_succeeds, assert_refused, since
from conformance.testing import read_image_file


@pytest.fixture
def context(build_engine, build_contexts_of):
    """A build with a file. BuildKit leaves a cache, so it has an engine of its own."""
    return build_contexts_of(build_engine)("RUN echo built > /seen")


@since("1.40/build-outputs")
def test_image_has_the_name_of_the_output(build_engine, context):
    name = build_engine.env.reserve_name("image")

    outputs = [{"Type": "moby", "Attrs": {"name": f"docker.io/library/{name}"}}]
    answer = build_engine.api.post("/build", {"version": "2", "outputs": outputs}, **context)

    assert_progress_succeeds(answer)
    assert read_image_file(build_engine.env, name, "/seen") == "built\n"


@since("1.40/build-outputs")
def test_outputs_that_are_no_json_are_refused(build_engine, context):
    answer = build_engine.api.post("/build", {"version": "2", "outputs": "[{"}, **context)

    assert_refused(answer)
