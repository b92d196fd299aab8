"""The limit of a container's processes, and how many it has, as API v1.23 added them."""

import pytest

from conformance import assert_status, at, early, since
from conformance.testing import run_created

START_TWENTY = "for _ in $(seq 20); do sleep 60 & done; echo twenty"


@since("1.23/hostconfig-pidslimit")
@pytest.mark.parametrize(("limit", "said"), [(10, ""), (-1, "twenty\n")], ids=["ten", "unlimited"])
def test_no_more_processes_can_be_started(api, env, limit, said):
    name = env.reserve_name("container")

    body = env.container_body("sh", "-c", START_TWENTY, HostConfig={"PidsLimit": limit})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == said


def start_three(env):
    script = "sleep 86400 & sleep 86400 & exec sleep 86400"
    return env.create_container("sh", "-c", script, start=True, StopSignal="SIGKILL")


@early
@since("1.23/stats-pids")
def test_stats_have_the_number_of_processes(api, env):
    name = env.share("container with three processes", lambda: start_three(env))

    document = api.get(f"/containers/{name}/stats", {"stream": "0"}).json()

    assert at(document, "pids_stats", "current") == 3
