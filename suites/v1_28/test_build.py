"""POST /build, as API v1.28 changed it: further names for hosts."""

from conformance import assert_progress_succeeds, since
from conformance.testing import read_image_file


@since("1.28/build-extrahosts")
def test_run_finds_the_hosts_and_the_image_has_none(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("RUN grep elsewhere /etc/hosts > /seen; true")

    answer = api.post("/build", {"t": name, "nocache": 1, "extrahosts": "elsewhere:192.0.2.9"}, **context)

    assert_progress_succeeds(answer)
    assert (read_image_file(env, name, "/seen") or "").split() == ["192.0.2.9", "elsewhere"]
    assert "elsewhere" not in (read_image_file(env, name, "/etc/hosts") or "")
