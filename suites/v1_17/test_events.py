"""GET /events, as API v1.17 added the event of a container out of memory."""

from conformance import since
from conformance.testing import FixtureError

KILLED = 137
HELD_BACK = "until [ -e /go ]; do sleep 0.05; done; exec tail /dev/zero"


def run_out_of_memory(env):
    limits = {"Memory": 16 << 20, "MemorySwap": 16 << 20}
    # The process runs before it uses its memory: an engine may begin to watch the memory only after the start.
    name = env.create_container("sh", "-c", HELD_BACK, start=True, HostConfig=limits)
    env.execute(name, "touch", "/go")
    code = env.wait_for_exit(name)
    if code != KILLED:
        raise FixtureError(f"exit code of the container: expected {KILLED} (out of memory), got {code}")
    return env.get(f"/containers/{name}/json")["Id"]


@since("1.17/events-oom")
def test_running_out_of_memory_emits_oom(record_events):
    container, events = record_events("/events", run_out_of_memory)

    assert "oom" in events.actions(container, until="oom")
