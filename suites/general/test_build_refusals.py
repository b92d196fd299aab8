"""POST /build of contexts that cannot be built."""

import pytest

from conformance import assert_alive, assert_progress_fails, assert_status, since
from conformance.testing import TAR, Member, pack


@since("general/build-failure-is-told")
@pytest.mark.parametrize("instruction", ["NONSENSE", "WORKDIR", "COPY nothing /here", "RUN exit 3"])
def test_an_instruction_that_cannot_be_carried_out_is_an_error(api, env, build_context, instruction):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context(instruction))

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)


@since("general/build-failure-is-told")
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"this is no tar archive\n" * 100, id="text"),
        pytest.param(pack(), id="no files"),
        pytest.param(pack(Member("Dockerfile")), id="empty Dockerfile"),
        pytest.param(pack(Member("Dockerfile", b"# nothing\n# to do\n")), id="comments alone"),
        pytest.param(pack(Member("Dockerfile", b"FROM 127.0.0.1:1/unknown\n")), id="unknown base"),
    ],
)
def test_a_context_that_cannot_be_built_is_an_error(api, env, body):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, body=body, headers=TAR)

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)
    assert_alive(api)


@since("general/build-failure-is-told")
def test_a_dockerfile_that_is_not_in_the_context_is_an_error(api, env, build_context):
    name = env.reserve_name("image")

    answer = api.post(
        "/build",
        {"t": name, "nocache": 1, "dockerfile": "nowhere"},
        **build_context("LABEL a=b", dockerfile="Other"),
    )

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)
