"""StopTimeout of POST /containers/create, which API v1.25 added."""

import time

from conformance import assert_status, early, since
from conformance.testing import wait_for_log

#: Ignores the signal of stop, so that only the end of the time ends it.
STUBBORN = "trap '' TERM; echo ready; while :; do sleep 0.1; done"


@early
@since("1.25/create-stoptimeout")
def test_stop_gives_the_process_that_time(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body("sh", "-c", STUBBORN, StopTimeout=2)
    )

    assert_status(answer, 201)
    env.start(name)
    wait_for_log(env, name, b"ready")
    begun = time.monotonic()
    env.post(f"/containers/{name}/stop")
    assert 1.9 <= time.monotonic() - begun < 8  # ten seconds are the default
