"""What only a daemon with an option shows, as the reference of API v1.37 describes it."""

import pytest

from conformance import assert_status, since
from conformance.testing import run_created


@since("1.37/create-init-default")
@pytest.mark.parametrize(
    ("asked", "has_init"), [({}, True), ({"Init": False}, False)], ids=["unsaid", "false"]
)
def test_container_has_an_init_by_the_default_of_the_daemon(configured_engine, asked, has_init):
    api, env, _ = configured_engine
    name = env.reserve_name("container")

    host = {"NetworkMode": "none", **asked}
    body = env.container_body("sh", "-c", "echo $$; exit", HostConfig=host)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert (run_created(env, name).stdout != "1\n") is has_init
