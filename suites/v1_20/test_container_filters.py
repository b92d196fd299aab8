"""The filter status of GET /containers/json, as the reference of API v1.20 has it."""

import pytest

from conformance import array, at, since


@pytest.fixture
def states(env):
    """The ids of a container that was never started, of one that runs, and of one that has ended."""

    def make():
        created, exited = env.create_container(), env.create_container()
        env.start_and_wait(exited)
        return tuple(
            at(env.get(f"/containers/{name}/json"), "Id") for name in (created, env.idle_container(), exited)
        )

    return env.share("containers by state", make)


@since("1.20/containers-filter-created")
def test_created_leaves_the_containers_that_were_never_started(api, states):
    created, running, exited = states

    answer = api.get("/containers/json", {"all": "1", "filters": {"status": ["created"]}})

    listed = [at(row, "Id") for row in array(answer.json())]
    assert [container in listed for container in (created, running, exited)] == [True, False, False]


@since("1.20/containers-filter-created-or")
def test_created_beside_another_state_adds_to_it(api, states):
    created, running, exited = states

    answer = api.get("/containers/json", {"all": "1", "filters": {"status": ["created", "running"]}})

    listed = [at(row, "Id") for row in array(answer.json())]
    assert [container in listed for container in (created, running, exited)] == [True, True, False]
