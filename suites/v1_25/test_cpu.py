"""NanoCpus in HostConfig of POST /containers/create, which API v1.25 added.

It is read where it takes effect: in the files of the process's own cgroup.
"""

from conformance import assert_status, since
from conformance.testing import PROBE_LIMITS, parse_limits, run_created


@since("1.25/hostconfig-nanocpus")
def test_container_gets_that_part_of_a_cpu(api, env):
    name = env.reserve_name("container")

    body = env.container_body("sh", "-c", PROBE_LIMITS, HostConfig={"NanoCpus": 500_000_000})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    limits = parse_limits(run_created(env, name, must_write=True).stdout)
    assert limits.cpu_quota is not None
    assert limits.cpu_quota / limits.cpu_period == 0.5
