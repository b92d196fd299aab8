"""The limit of processes, as API v1.40 changed it: whether there is one, and a new one for a running container."""

import pytest

from conformance import assert_status, at, before, since
from conformance.testing import KILLED_ON_STOP
from fixtures.limits import SHOW_PIDS_LIMIT

START_TWENTY = "for _ in $(seq 20); do sleep 60 & done; echo twenty"


@since("1.40/info-pidslimit")
def test_info_says_whether_processes_can_be_limited(api, env):
    def is_limited():
        name = env.create_container("sh", "-c", START_TWENTY, HostConfig={"PidsLimit": 10})
        return env.start_and_wait(name).stdout == ""

    limited = env.share("processes are limited", is_limited)

    document = api.get("/info").json()

    assert at(document, "PidsLimit") is limited


@pytest.fixture
def container(env):
    """The name of a running container that may have thirty processes."""
    return env.create_container("sleep", "86400", start=True, HostConfig={"PidsLimit": 30}, **KILLED_ON_STOP)


def read_limit(env, container):
    return env.execute(container, *SHOW_PIDS_LIMIT).stdout.strip()


@since("1.40/update-pidslimit")
@pytest.mark.parametrize(("value", "limit"), [(20, "20"), (0, "max"), (-1, "max"), (None, "30")])
def test_processes_are_limited_anew(api, env, container, value, limit):
    answer = api.post(f"/containers/{container}/update", json={"PidsLimit": value})

    assert_status(answer, 200)
    assert read_limit(env, container) == limit


@before("1.40/update-pidslimit")
def test_the_limit_stays(api, env, container):
    answer = api.post(f"/containers/{container}/update", json={"PidsLimit": 20})

    assert_status(answer, 200)
    assert read_limit(env, container) == "30"
