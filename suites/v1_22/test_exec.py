"""POST /exec/(id)/start, as engines of API v1.22 changed it: the type of its body."""

import pytest

from conformance import assert_refused, assert_success, before, since


@pytest.fixture
def instance(env):
    """The id of an exec instance that has not started; its command ends at once."""
    body = {"Cmd": ["true"]}
    return env.post(f"/containers/{env.idle_container()}/exec", json=body).json()["Id"]


#: The same request with a body that is JSON and is called text.
TEXT = {"body": b'{"Detach": true, "Tty": false}', "headers": {"Content-Type": "text/plain"}}


@since("1.22/exec-start-json")
def test_body_that_is_declared_as_text_is_refused(api, instance):
    assert_refused(api.post(f"/exec/{instance}/start", **TEXT))


@since("1.22/exec-start-json")
def test_body_that_is_declared_as_json_is_taken(api, instance):
    answer = api.post(f"/exec/{instance}/start", json={"Detach": True, "Tty": False})

    assert_success(answer)


@before("1.22/exec-start-json")
def test_body_that_is_declared_as_text_is_taken(api, instance):
    assert_success(api.post(f"/exec/{instance}/start", **TEXT))
