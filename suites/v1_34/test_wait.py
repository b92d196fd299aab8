"""POST /containers/(id)/wait, as API v1.34 changed it: whether the removal succeeded."""

import fcntl
import os
import struct
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance import ABSENT, assert_refused, assert_status, assert_type, at, before, since
from conformance.testing import Unavailable

#: Requests of Linux to read and to set the attributes of a file, and the attribute of one that nobody can remove.
READ_ATTRIBUTES, SET_ATTRIBUTES, IMMUTABLE = 0x80086601, 0x40086602, 0x10
REMOVED = {"condition": "removed"}


@since("1.34/wait-removed-success")
def test_a_removal_that_succeeds_has_no_error(api, env):
    name = env.create_container("sh", "-c", "exit 3")
    env.start_and_wait(name)

    with api.stream("POST", f"/containers/{name}/wait", REMOVED) as waiting:
        assert_status(waiting.response, 200)
        env.remove("container", name)
        document = waiting.message(10)

    assert at(document, "StatusCode") == 3
    assert at(document, "Error") in (None, ABSENT)


@contextmanager
def immutable(path):
    """A new file that nobody can remove inside the block."""
    file = os.open(path, os.O_CREAT | os.O_RDONLY)
    try:
        flags = fcntl.ioctl(file, READ_ATTRIBUTES, struct.pack("l", 0))
        fcntl.ioctl(file, SET_ATTRIBUTES, struct.pack("l", struct.unpack("l", flags)[0] | IMMUTABLE))
    except OSError as error:
        os.close(file)
        path.unlink()
        raise Unavailable(f"the daemon's file system has no files that cannot be removed: {error}") from error
    try:
        yield
    finally:
        fcntl.ioctl(file, SET_ATTRIBUTES, flags)
        os.close(file)
        path.unlink()


@pytest.fixture
def unremovable(env, daemon):
    """The name of a container that the daemon fails to remove while the check runs."""
    name = env.create_container("true")
    root = Path(env.get("/info")["DockerRootDir"]).relative_to("/")
    folder = daemon.root / root / "containers" / env.get(f"/containers/{name}/json")["Id"]
    with immutable(folder / "conformance"):
        yield name


@since("1.34/wait-removed-error")
def test_a_removal_that_fails_has_an_error(api, env, unremovable):
    with api.stream("POST", f"/containers/{unremovable}/wait", REMOVED) as waiting:
        assert_status(waiting.response, 200)
        assert_refused(env.client.delete(f"/containers/{unremovable}"))
        document = waiting.message(10)

    assert assert_type(document, "Error.Message", str)


@before("1.34/wait-removed-error")
def test_a_removal_that_fails_has_no_answer(api, env, unremovable):
    with api.stream("POST", f"/containers/{unremovable}/wait", REMOVED) as waiting:
        assert_status(waiting.response, 200)
        assert_refused(env.client.delete(f"/containers/{unremovable}"))
        body = waiting.rest(10)

    assert body.strip() == b""
