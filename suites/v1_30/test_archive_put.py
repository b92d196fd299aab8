"""PUT /containers/(id)/archive, as API v1.30 changed it: whose the members are."""

import pytest

from conformance import assert_status, since
from conformance.testing import TAR, Member, pack


@pytest.fixture
def container(env):
    """The name of a running container of the user daemon, whom hosts know too."""
    return env.share(
        "container of a user",
        lambda: env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL", User="daemon"),
    )


@pytest.fixture
def owner(env, container):
    """Tells the ids of the user and the group to whom a file in the container belongs."""
    return lambda path: env.execute(container, "stat", "-c", "%u %g", path).stdout.strip()


@since("1.30/archive-put-copyuidgid")
@pytest.mark.parametrize("flag", ["1", "true"])
def test_members_belong_to_the_user_of_the_container(api, env, container, owner, flag):
    body = pack(Member(f"copied-{flag}", b"", uid=11, gid=22))

    answer = api.put(
        f"/containers/{container}/archive", {"path": "/tmp", "copyUIDGID": flag}, body=body, headers=TAR
    )

    assert_status(answer, 200)
    assert (
        owner(f"/tmp/copied-{flag}")
        == env.execute(container, "sh", "-c", "echo $(id -u) $(id -g)").stdout.strip()
    )


@since("1.30/archive-put-no-copyuidgid")
@pytest.mark.parametrize("query", [{}, {"copyUIDGID": "0"}], ids=["unsaid", "0"])
def test_members_belong_to_whom_the_archive_names(api, container, owner, query):
    body = pack(Member("named", b"", uid=11, gid=22))

    answer = api.put(f"/containers/{container}/archive", {"path": "/tmp", **query}, body=body, headers=TAR)

    assert_status(answer, 200)
    assert owner("/tmp/named") == "11 22"
