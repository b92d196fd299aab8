"""The statuses of POST /containers/(id)/stop."""

from conformance import always, assert_status, at


@always("general/stop-unknown-container")
def test_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}unknown/stop")

    assert_status(answer, 404)


@always("general/stop-stopped-container")
def test_first_time_it_stops_and_then_there_is_nothing_to_do(api, env):
    name = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")

    first, second = (api.post(f"/containers/{name}/stop", {"t": 5}) for _ in range(2))

    assert_status(first, 204)
    assert_status(second, 304)
    assert at(env.get(f"/containers/{name}/json"), "State", "Running") is False
