"""POST /containers/(id)/exec, as API v1.19 changed it."""

import pytest

from conformance import assert_type, since
from conformance.testing import STDOUT, payload

IDS = {"tester": "1000 1000", "tester:extra": "1000 2000", "1000": "1000 1000", "1000:2000": "1000 2000"}


@since("1.19/exec-user")
@pytest.mark.parametrize("user", IDS)
def test_the_process_runs_as_the_user(api, env, user):
    body = {"AttachStdout": True, "User": user, "Cmd": ["sh", "-c", "echo $(id -u) $(id -g)"]}
    created = api.post(f"/containers/{env.idle_container()}/exec", json=body)

    instance = assert_type(created.json(), "Id", str)
    with env.client.hijack(
        "POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": False}
    ) as started:
        started.rest()
    assert payload(started.response.frames(), STDOUT).decode().strip() == IDS[user]
