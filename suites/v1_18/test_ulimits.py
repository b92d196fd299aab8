"""Ulimits in the host configuration, as API v1.18 added them."""

from conformance import after, assert_status, since
from conformance.testing import SHOW_LIMITS, finish_started, read_limit, run_created, start_body

OPEN_FILES = "Max open files"
ULIMITS = {
    "Ulimits": [{"Name": "nofile", "Soft": 321, "Hard": 654}, {"Name": "nproc", "Soft": 4321, "Hard": 5432}]
}


@since("1.18/ulimits-create")
def test_the_process_has_the_limits_given_at_create(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(*SHOW_LIMITS, HostConfig=ULIMITS)
    )

    assert_status(answer, 201)
    limits = run_created(env, name).stdout
    assert read_limit(limits, OPEN_FILES) == ("321", "654")
    assert read_limit(limits, "Max processes") == ("4321", "5432")


@since("1.18/ulimits-start")
def test_the_process_has_the_limits_given_at_start(api, env):
    name = env.create_container(*SHOW_LIMITS)

    answer = api.post(f"/containers/{name}/start", json=start_body(env, **ULIMITS))

    assert_status(answer, 204)
    limits = finish_started(env, name).stdout
    assert read_limit(limits, OPEN_FILES) == ("321", "654")
    assert read_limit(limits, "Max processes") == ("4321", "5432")


@after("1.18/ulimits-start")
def test_the_process_does_not_have_limits_given_at_start(api, env):
    name = env.create_container(*SHOW_LIMITS)

    api.post(f"/containers/{name}/start", json=start_body(env, **ULIMITS))

    env.client.post(f"/containers/{name}/start")
    assert read_limit(env.wait_for_end(name).stdout, OPEN_FILES) != ("321", "654")
