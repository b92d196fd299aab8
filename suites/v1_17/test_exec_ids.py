"""ExecIDs in GET /containers/(id)/json, as API v1.17 added it."""

from conformance import ABSENT, assert_type, at, since
from conformance.testing import running_exec


@since("1.17/inspect-shows-exec-ids")
def test_a_running_instance_is_listed(api, env, terminal_exec):
    instance = terminal_exec.instance

    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert instance in assert_type(document, "ExecIDs", list)


@since("1.17/inspect-shows-exec-ids")
def test_without_instances_the_list_is_empty_or_null(api, container_with_output):
    document = api.get(f"/containers/{container_with_output}/json").json()

    assert at(document, "ExecIDs") in (ABSENT, None, [])


@since("1.17/inspect-exec-ids-forgets-ended")
def test_an_ended_instance_is_not_listed(api, env):
    with running_exec(env) as instance:
        before = api.get(f"/containers/{env.idle_container()}/json").json()
    after = api.get(f"/containers/{env.idle_container()}/json").json()

    assert instance in assert_type(before, "ExecIDs", list)
    assert instance not in (assert_type(after, "ExecIDs", list, nullable=True) or [])


@since("1.17/inspect-exec-ids-forgets-ended")
def test_an_instance_that_failed_to_start_is_not_listed(api, env):
    instance = env.create_exec(env.idle_container(), "/nosuchprogram")
    env.client.post(f"/exec/{instance}/start", json={"Detach": True})

    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert instance not in (assert_type(document, "ExecIDs", list, nullable=True) or [])
