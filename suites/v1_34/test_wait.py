"""POST /containers/(id)/wait, as API v1.34 changed it: whether the removal succeeded."""

from conformance import ABSENT, assert_refused, assert_status, assert_type, at, since

REMOVED = {"condition": "removed"}


@since("1.34/wait-removed-success")
def test_a_removal_that_succeeds_has_no_error(api, env):
    name = env.create_container("sh", "-c", "exit 3")
    env.start_and_wait(name)

    with api.stream("POST", f"/containers/{name}/wait", REMOVED) as waiting:
        assert_status(waiting.response, 200)
        env.remove("container", name)
        document = waiting.message(10)

    assert at(document, "StatusCode") == 3
    assert at(document, "Error") in (None, ABSENT)


@since("1.34/wait-removed-error")
def test_a_removal_that_fails_has_an_error(spare_engine, unremovable):
    with spare_engine.api.stream("POST", f"/containers/{unremovable}/wait", REMOVED) as waiting:
        assert_status(waiting.response, 200)
        assert_refused(spare_engine.env.client.delete(f"/containers/{unremovable}"))
        document = waiting.message(10)

    assert assert_type(document, "Error.Message", str)
