"""POST /build, as API v1.28 changed it: further names for hosts."""

from conformance import assert_progress_succeeds, since
from conformance.testing import progress_error, read_image_file

#: The documents do not say how hosts are written: Docker's client sends a parameter for each, others read a JSON array.
FORMS = ("elsewhere:192.0.2.9", ["elsewhere:192.0.2.9"])


@since("1.28/build-extrahosts")
def test_run_finds_the_hosts_and_the_image_has_none(api, env, build_context):
    name = env.reserve_name("image")
    context = build_context("RUN grep elsewhere /etc/hosts > /seen; true")

    for hosts in FORMS:
        answer = api.post("/build", {"t": name, "nocache": 1, "extrahosts": hosts}, **context)
        if not progress_error(answer):
            break

    assert_progress_succeeds(answer)
    assert (read_image_file(env, name, "/seen") or "").split() == ["192.0.2.9", "elsewhere"]
    assert "elsewhere" not in (read_image_file(env, name, "/etc/hosts") or "")
