"""POST /build: the parameters and the forms of the context, as the references describe them."""

import bz2
import gzip
import lzma

import pytest

from conformance import (
    ABSENT,
    assert_progress_fails,
    assert_progress_succeeds,
    assert_status,
    assert_type,
    at,
    since,
)
from conformance.testing import Member, read_image_file

COMPRESS = {"identity": bytes, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


@since("reference/build-context")
@pytest.mark.parametrize("form", COMPRESS)
def test_the_context_may_be_compressed(api, env, build_context, form):
    name = env.reserve_name("image")
    context = build_context("COPY file /built", files=[Member("file", b"built\n")])

    answer = api.post(
        "/build", {"t": name, "nocache": 1}, body=COMPRESS[form](context["body"]), headers=context["headers"]
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/built") == "built\n"


@since("reference/build-answer")
def test_build_answers_messages_in_json(api, env, build_context):
    answer = api.post("/build", {"t": env.reserve_name("image"), "nocache": 1}, **build_context("ENV A=b"))

    assert_status(answer, 200)
    assert (answer.header("Content-Type") or "").partition(";")[0] == "application/json"
    texts = [at(row, "stream") for row in answer.messages()]
    assert any(isinstance(text, str) and text.lower().startswith("step 1") for text in texts), (
        "no message tells of a step"
    )


@since("reference/build-names")
def test_the_tag_is_latest_where_none_is_given(api, env, build_context):
    repository = env.reserve_name("image").rpartition(":")[0]
    env.ledger.will_create("image", f"{repository}:latest")

    answer = api.post("/build", {"t": repository, "nocache": 1}, **build_context("ENV A=b"))

    assert_progress_succeeds(answer)
    assert_status(env.client.get(f"/images/{repository}:latest/json"), 200)


def read_output(answer):
    """What the steps of a build wrote, by its messages."""
    rows = [row for row in answer.messages() if at(row, "stream") is not ABSENT]
    return [assert_type(row, "stream", str) for row in rows]


@since("reference/build-quiet")
def test_q_leaves_out_what_the_steps_write(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("RUN echo written by the step")

    answer = api.post("/build", {"t": name, "nocache": 1, "q": 1}, **context)

    assert_progress_succeeds(answer)
    assert "written by the step" not in "".join(read_output(answer))
    assert_status(env.client.get(f"/images/{name}/json"), 200)


@since("reference/build-quiet")
def test_without_q_the_output_of_the_steps_is_shown(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("RUN echo written by the step")

    answer = api.post("/build", {"t": name, "nocache": 1}, **context)

    assert_progress_succeeds(answer)
    assert any(line.strip() == "written by the step" for line in read_output(answer))


@since("reference/build-no-cache")
@pytest.mark.parametrize("nocache", [True, False])
def test_a_step_is_run_again_only_without_the_cache(api, env, build_context, nocache):
    context = build_context("RUN head -c 16 /dev/urandom | md5sum > /drawn")
    first, second = env.reserve_name("image"), env.reserve_name("image")
    assert_progress_succeeds(api.post("/build", {"t": first}, **context))

    answer = api.post("/build", {"t": second, "nocache": nocache}, **context)

    assert_progress_succeeds(answer)
    drawn = [read_image_file(env, name, "/drawn") for name in (first, second)]
    assert (drawn[0] != drawn[1]) is nocache


@since("reference/build-remove-containers")
@pytest.mark.parametrize(
    ("query", "instruction", "kept"),
    [
        ({"rm": 1}, "RUN true", False),
        ({"rm": 0}, "RUN true", True),
        ({"rm": 0, "forcerm": 1}, "RUN true", False),
        ({"forcerm": 1}, "RUN false", False),
    ],
    ids=["rm", "no rm", "forcerm", "forcerm of a failed build"],
)
def test_the_containers_of_the_steps_are_removed_as_asked(api, env, build_context, query, instruction, kept):
    label = build_context.new_label()

    api.post(
        "/build",
        {"t": env.reserve_name("image"), "nocache": 1, **query},
        **build_context(f"LABEL {label}", instruction),
    )

    rows = env.get("/containers/json", {"all": 1, "filters": {"label": [label]}})
    containers = [env.adopt("container", at(row, "Id")) for row in rows]
    assert bool(containers) is kept, (
        f"expected {'containers' if kept else 'no container'} of the build, got {containers}"
    )


@since("reference/build-syntax")
def test_a_dockerfile_with_a_mistake_is_refused_before_any_step(api, env, build_context):
    name = env.reserve_name("image")

    answer = api.post(
        "/build", {"t": name, "nocache": 1}, **build_context("RUN echo $((40 + 2))", "NOSUCHINSTRUCTION x")
    )

    assert_progress_fails(answer)
    assert b"42" not in answer.body, "a step ran before the mistake was reported"
    assert_status(env.client.get(f"/images/{name}/json"), 404)
