"""User namespaces on a daemon that maps users, as API v1.23 describes them."""

import pytest

from conformance import assert_status, since
from conformance.testing import run_created


@since("1.23/hostconfig-usernsmode-override")
@pytest.mark.parametrize(("mode", "mapped"), [("", True), ("host", False)], ids=["default", "host"])
def test_users_are_mapped_unless_the_mode_is_host(remapping_engine, mode, mapped):
    api, env, _ = remapping_engine
    name = env.reserve_name("container")

    host = {"UsernsMode": mode, "NetworkMode": "none"}
    body = env.container_body("cat", "/proc/self/uid_map", HostConfig=host)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert (run_created(env, name).stdout.split() != ["0", "0", "4294967295"]) is mapped


@since("1.23/hostconfig-usernsmode-privileged")
def test_a_container_in_the_namespace_of_the_host_may_have_its_network(remapping_engine):
    api, env, _ = remapping_engine
    name = env.reserve_name("container")

    host = {"UsernsMode": "host", "NetworkMode": "host"}
    body = env.container_body("echo", "here", HostConfig=host)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "here\n"
