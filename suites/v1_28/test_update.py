"""POST /containers/(id)/update, as API v1.28 changed it: billionths of a CPU."""

from conformance import assert_status, since
from conformance.testing import KILLED_ON_STOP, PROBE_LIMITS, parse_limits


@since("1.28/update-nanocpus")
def test_running_container_gets_that_part_of_a_cpu(api, env):
    name = env.create_container("sleep", "86400", start=True, **KILLED_ON_STOP)

    answer = api.post(f"/containers/{name}/update", json={"NanoCpus": 250_000_000})

    assert_status(answer, 200)
    limits = parse_limits(env.execute(name, "sh", "-c", PROBE_LIMITS).stdout)
    assert limits.cpu_quota is not None
    assert limits.cpu_quota / limits.cpu_period == 0.25
