"""Mounts in POST /containers/create, as API v1.40 changed them: a bind mount that does not include mounts below."""

import pytest

from conformance import assert_status, at, before, since
from conformance.testing import Unavailable, run_created

#: Folders of a host that have mounts below them.
FOLDERS = ("/sys", "/dev")
SHOW = ("sh", "-c", "grep -c ' /host/' /proc/mounts")


def bind(folder, **options):
    mount = {"Type": "bind", "Source": folder, "Target": "/host", "ReadOnly": True}
    return {"Mounts": [{**mount, "BindOptions": options} if options else mount]}


@pytest.fixture
def folder(env):
    """A folder of the daemon's host with mounts below it, which a container that binds it sees."""

    def find():
        for folder in FOLDERS:
            name = env.create_container(*SHOW, HostConfig=bind(folder))
            if env.start_and_wait(name).stdout.strip() not in ("", "0"):
                return folder
        raise Unavailable(f"neither of {' and '.join(FOLDERS)} has mounts below it on the daemon's host")

    return env.share("folder with mounts", find)


@since("1.40/mounts-nonrecursive")
@pytest.mark.parametrize(("value", "included"), [(True, False), (False, True)], ids=["true", "false"])
def test_mounts_below_are_not_included(api, env, folder, value, included):
    name = env.reserve_name("container")

    body = env.container_body(*SHOW, HostConfig=bind(folder, NonRecursive=value))
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert (run_created(env, name).stdout != "0\n") is included


@before("1.40/mounts-nonrecursive")
def test_mounts_below_are_included_all_the_same(api, env, folder):
    name = env.reserve_name("container")

    body = env.container_body(*SHOW, HostConfig=bind(folder, NonRecursive=True))
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout != "0\n"


@since("1.40/mounts-nonrecursive-inspect")
def test_inspect_says_that_mounts_below_are_not_included(api, env):
    host = bind("/dev", NonRecursive=True)
    name = env.share("container with a bind mount", lambda: env.create_container(HostConfig=host))

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "HostConfig", "Mounts", 0, "BindOptions", "NonRecursive") is True
