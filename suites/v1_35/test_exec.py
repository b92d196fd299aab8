"""POST /containers/(id)/exec, as API v1.35 changed it: the working directory."""

import pytest

from conformance import assert_status, assert_type, since


@pytest.fixture
def container(env):
    """The id of a running container whose process works in /tmp."""
    return env.share(
        "container in /tmp",
        lambda: env.create_container("sleep", "86400", start=True, WorkingDir="/tmp", StopSignal="SIGKILL"),
    )


@since("1.35/exec-workingdir")
@pytest.mark.parametrize(
    ("members", "directory"),
    [({"WorkingDir": "/fixtures"}, "/fixtures"), ({}, "/tmp")],
    ids=["own", "unsaid"],
)
def test_process_works_in_the_directory(api, env, container, members, directory):
    body = {"AttachStdout": True, "Cmd": ["pwd"], **members}
    answer = api.post(f"/containers/{container}/exec", json=body)

    assert_status(answer, 201)
    instance = assert_type(answer.json(), "Id", str)
    assert env.start_exec(instance).stdout == f"{directory}\n"
