"""HostConfig of POST /containers/create, as API v1.20 changed it."""

import pytest

from conformance import assert_refused, assert_status, since
from conformance.testing import run_created


def show(api, env, *cmd, host, **members):
    """The output of `cmd` in a container that `api` created."""
    name = env.reserve_name("container")
    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(*cmd, HostConfig=host, **members)
    )
    assert_status(answer, 201)
    return run_created(env, name).stdout


@since("1.20/hostconfig-groupadd")
@pytest.mark.parametrize(
    ("user", "added", "groups"),
    [
        ("", ["video", "extra"], {"0", "44", "2000"}),
        ("tester", ["audio"], {"1000", "29"}),
    ],
    ids=["two", "another user"],
)
def test_process_belongs_to_the_groups_besides_its_own(api, env, user, added, groups):
    shown = show(api, env, "id", "-G", host={"GroupAdd": added}, User=user)

    assert groups <= set(shown.split())


@since("1.20/hostconfig-groupadd")
def test_without_it_the_process_does_not_belong_to_them(api, env):
    shown = show(api, env, "id", "-G", host={"GroupAdd": []})

    assert "2000" not in shown.split()


@since("1.20/hostconfig-memoryswappiness")
@pytest.mark.parametrize("swappiness", [0, 100])
def test_swappiness_is_that_of_the_cgroup(container_limits, swappiness):
    limits = container_limits.post("/containers/create", HostConfig={"MemorySwappiness": swappiness})

    assert limits.swappiness == swappiness


@since("1.20/hostconfig-memoryswappiness")
@pytest.mark.parametrize("swappiness", [101, -2])
def test_swappiness_beyond_its_range_is_refused(api, env, swappiness):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create",
        {"name": name},
        json=env.container_body(HostConfig={"MemorySwappiness": swappiness}),
    )

    if answer.status == 201:
        answer = api.post(f"/containers/{name}/start")
    assert_refused(answer)
