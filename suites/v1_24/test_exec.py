"""POST /containers/(id)/exec and POST /exec/(id)/start, as API v1.24 changed them: no Container is expected."""

import pytest

from conformance import assert_status, at, since
from conformance.testing import STDOUT, payload


@since("1.24/exec-no-container-field")
@pytest.mark.parametrize("members", [{}, {"Container": "nosuch"}], ids=["missing", "ignored"])
def test_process_runs_in_the_container_of_the_path(api, env, members):
    container = env.idle_container()

    created = api.post(
        f"/containers/{container}/exec", json={"AttachStdout": True, "Cmd": ["echo", "here"], **members}
    )

    assert_status(created, 201)
    instance = at(created.json(), "Id")
    with api.hijack(
        "POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": False, **members}
    ) as started:
        started.rest()
    assert payload(started.response.frames(), STDOUT) == b"here\n"
    assert at(env.get(f"/exec/{instance}/json"), "ContainerID") == container
