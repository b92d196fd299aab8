"""The environment of the archive endpoints: one container with a known tree, never started, and one that runs."""

from contextlib import suppress

import pytest

from conformance.environment.images import committed
from conformance.http.tar import Member, pack, unpack
from conformance.model.errors import DaemonFault, FixtureError

TREE = (
    Member("tree", kind="dir", mode=0o750, uid=12, gid=34, mtime=1_234_567_890),
    Member("tree/file", b"what the file holds\n", mode=0o640, uid=1001, gid=1002, mtime=1_300_000_000),
    Member("tree/dir", kind="dir", mode=0o755),
    Member("tree/dir/inner", b"inner\n"),
    Member("tree/link", kind="symlink", mode=0o777, target="file"),
    Member("tree/dirlink", kind="symlink", mode=0o777, target="/tree/dir"),
)


def planted(env, **options):
    """A container whose root directory holds TREE: that of an image, where the daemon can make such a one."""
    image = env.shared("image with the tree", lambda: grown(env))
    if image:
        options["Image"] = image
    name = env.container("sleep", "86400", StopSignal="SIGKILL", **options)
    if not image:
        plant(env, name)
    return name


def grown(env):
    """The name of an image that holds TREE just as it was put into a container; none where commit does not keep it so."""
    source = env.container()
    plant(env, source)
    with suppress(
        FixtureError, DaemonFault, AssertionError
    ):  # what is wrong with archives is for the checks to say
        image = committed(env, source)
        if held(env, env.container(Image=image)) == held(env, source):
            return image
    return ""


def held(env, name):
    return unpack(env.must(env.client.get(f"/containers/{name}/archive", {"path": "/tree"})).body)


def plant(env, name):
    """Put TREE into the root directory of a container, by the daemon's newest archive endpoint."""
    env.must(env.client.put(f"/containers/{name}/archive", {"path": "/"}, body=pack(*TREE), headers=TAR))


TAR = {"Content-Type": "application/x-tar"}


@pytest.fixture
def tree():
    """The members of the tree by name."""
    return {member.name: member for member in TREE}


@pytest.fixture(params=["stopped", "running"])
def source(request, env):
    """The name of a container to read from; it holds the tree."""
    running = request.param == "running"
    return env.shared(("archive source", running), lambda: planted(env, start=running))


@pytest.fixture
def still(env):
    """The name of a container to read from that does not run."""
    return env.shared(("archive source", False), lambda: planted(env, start=False))


@pytest.fixture(params=["stopped", "running"])
def sink(request, env):
    """The name of a container of this check's own to write into; it holds the tree."""
    return planted(env, start=request.param == "running")


@pytest.fixture
def own(env):
    """The name of a stopped container of this check's own; it holds the tree."""
    return planted(env)
