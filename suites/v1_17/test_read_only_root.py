"""ReadonlyRootfs in the host configuration, as API v1.17 added it."""

from conformance import after, assert_status, since
from conformance.testing import run_created, start_body

WRITE = ("sh", "-c", "touch /new && echo written")
READ_ONLY = {"ReadonlyRootfs": True}


@since("1.17/create-read-only-root")
def test_create_makes_the_root_read_only(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(*WRITE, HostConfig=READ_ONLY)
    )

    assert_status(answer, 201)
    result = run_created(env, name)
    assert (result.exit_code != 0, result.stdout) == (True, "")
    assert "Read-only file system" in result.stderr


@since("1.17/create-read-only-root")
def test_create_leaves_the_root_writable_without_it(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create",
        {"name": name},
        json=env.container_body(*WRITE, HostConfig={"ReadonlyRootfs": False}),
    )

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "written\n"


@since("1.17/start-read-only-root")
def test_start_makes_the_root_read_only(configured_at_start):
    result = configured_at_start.post("/containers/{id}/start", ReadonlyRootfs=True)

    assert result.exit_code != 0
    assert "Read-only file system" in result.stderr


@after("1.17/start-read-only-root")
def test_start_does_not_take_it_any_more(api, env):
    name = env.create_container(*WRITE)

    api.post(f"/containers/{name}/start", json=start_body(env, **READ_ONLY))

    env.client.post(f"/containers/{name}/start")
    assert "written\n" in env.wait_for_end(name).stdout
