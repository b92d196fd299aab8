"""POST /build, as API v1.21 changed it: build-time variables and several names."""

from conformance import assert_progress_succeeds, assert_status, at, since
from conformance.testing import read_image_file


@since("1.21/build-args")
def test_run_finds_the_variables_in_its_environment(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("ARG first", "ARG second=default", "RUN echo $first/$second > /seen")

    answer = api.post(
        "/build", {"t": name, "nocache": 1, "buildargs": {"first": "one", "second": "two words"}}, **context
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/seen") == "one/two words\n"


@since("1.21/build-args-expansion")
def test_other_instructions_expand_the_variables(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("ARG who", "ENV SEEN=$who", "LABEL seen=$who", "WORKDIR /$who")

    answer = api.post("/build", {"t": name, "nocache": 1, "buildargs": {"who": "somebody"}}, **context)

    assert_progress_succeeds(answer)
    config = at(env.client.get(f"/images/{name}/json").json(), "Config")
    assert "SEEN=somebody" in (at(config, "Env") or [])
    assert (at(config, "Labels.seen"), at(config, "WorkingDir")) == ("somebody", "/somebody")


@since("1.21/build-multiple-tags")
def test_image_gets_every_name(api, env, build_context):
    names = [env.reserve_name("image"), env.reserve_name("image")]
    context = build_context()

    answer = api.post("/build?nocache=1&t={}&t={}".format(*names), **context)

    assert_progress_succeeds(answer)
    first, second = (env.client.get(f"/images/{name}/json") for name in names)
    assert_status(first, 200)
    assert_status(second, 200)
    assert first.json()["Id"] == second.json()["Id"]
