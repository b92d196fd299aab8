"""POST /build, as API v1.30 changed it: its stream has the ids of the images."""

from conformance import ABSENT, assert_progress_succeeds, assert_type, at, before, since


def read_payloads(answer):
    """The members aux of a stream's messages."""
    return [value for message in answer.messages() if (value := at(message, "aux")) is not ABSENT]


@since("1.30/build-aux")
def test_last_payload_has_the_id_of_the_image(api, env, build_context):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context("ENV COLOUR=red"))

    assert_progress_succeeds(answer)
    payloads = read_payloads(answer)
    assert payloads, "no message has a member aux"
    assert at(payloads[-1], "ID") == at(env.get(f"/images/{name}/json"), "Id")


@since("1.30/build-aux-stages")
def test_each_stage_has_a_payload_of_its_own(api, env, build_context):
    name = env.reserve_name("image")
    stages = ("ENV COLOUR=red", f"FROM {env.image_name}", "ENV COLOUR=blue")

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context(*stages))

    assert_progress_succeeds(answer)
    ids = [assert_type(payload, "ID", str) for payload in read_payloads(answer)]
    assert len(set(ids)) == 2, ids
    assert ids[-1] == at(env.get(f"/images/{name}/json"), "Id")


@since("1.30/build-aux")
def test_a_quiet_build_has_no_payload(api, env, build_context):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1, "q": 1}, **build_context("ENV COLOUR=red"))

    assert_progress_succeeds(answer)
    assert read_payloads(answer) == []


@before("1.30/build-aux")
def test_no_message_has_a_payload(api, env, build_context):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context("ENV COLOUR=red"))

    assert_progress_succeeds(answer)
    assert read_payloads(answer) == []
