"""POST /containers/(id)/exec, as API v1.18 changed it."""

from conformance import assert_type, since


@since("1.18/exec-warnings")
def test_the_answer_has_warnings(api, env):
    answer = api.post(f"/containers/{env.idle_container()}/exec", json={"Cmd": ["true"]})

    assert_type(answer.json(), "Warnings", list, nullable=True)
