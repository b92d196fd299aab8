"""GET /events, as API v1.36 changed it: the end of an exec's process."""

from conformance import since
from conformance.testing import KILLED_ON_STOP, is_in_order


def run_exec(env):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)
    env.execute(name, "sh", "-c", "exit 3")
    return (env.get(f"/containers/{name}/json")["Id"],)


@since("1.36/events-exec-die")
def test_end_of_the_process_is_reported(record_events):
    (container,), events = record_events("/events", run_exec)

    actions = events.actions(container, until="exec_die")
    assert is_in_order(actions, ["exec_start", "exec_die"]), actions
