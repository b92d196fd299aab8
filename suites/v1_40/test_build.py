"""POST /build, as API v1.40 changed it: the outputs of BuildKit."""

import pytest

from conformance import assert_progress_succeeds, assert_refused, since
from conformance.testing import read_image_file


@pytest.fixture
def context(spare_engine, build_contexts_of):
    """A build with a file. BuildKit leaves a cache, so it has an engine of its own."""
    return build_contexts_of(spare_engine)("RUN echo built > /seen")


@since("1.40/build-outputs")
def test_image_has_the_name_of_the_output(spare_engine, context):
    name = spare_engine.env.reserve_name("image")

    outputs = [{"Type": "moby", "Attrs": {"name": f"docker.io/library/{name}"}}]
    answer = spare_engine.api.post("/build", {"version": "2", "outputs": outputs}, **context)

    assert_progress_succeeds(answer)
    assert read_image_file(spare_engine.env, name, "/seen") == "built\n"


@since("1.40/build-outputs")
def test_outputs_that_are_no_json_are_refused(spare_engine, context):
    answer = spare_engine.api.post("/build", {"version": "2", "outputs": "[{"}, **context)

    assert_refused(answer)
