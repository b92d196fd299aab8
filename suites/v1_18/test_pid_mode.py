"""PidMode in HostConfig of POST /containers/create, as the reference of API v1.18 has it."""

import pytest

from conformance import assert_status, at, since
from conformance.testing import assert_starts


@since("1.18/hostconfig-pidmode")
@pytest.mark.parametrize(
    ("mode", "shared"),
    [
        pytest.param("host", True, id="host", marks=pytest.mark.needs("host-namespaces")),
        pytest.param("", False, id="empty"),
    ],
)
def test_the_process_has_the_number_that_the_host_knows(api, env, mode, shared):
    name = env.reserve_name("container")
    body = env.container_body("sleep", "86400", StopSignal="SIGKILL", HostConfig={"PidMode": mode})

    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    of_host = at(env.get(f"/containers/{name}/json"), "State.Pid")
    seen = env.execute(name, "sh", "-c", f"tr '\\0' ' ' < /proc/{of_host}/cmdline")
    assert (seen.stdout.strip() == "sleep 86400") is shared
