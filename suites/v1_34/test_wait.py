"""POST /containers/(id)/wait, as API v1.34 changed it: whether the removal succeeded."""

import subprocess
from contextlib import contextmanager

import pytest

from conformance import ABSENT, assert_refused, assert_status, assert_type, at, before, since
from conformance.testing import Unavailable

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
def read_only(daemon, folder):
    """Nothing below a folder of the daemon can be removed inside the block; what is left of a killed run ends with the daemon."""

    def run(*command):
        namespace = f"--mount=/proc/{daemon.private.pid}/ns/mnt"
        subprocess.run(["nsenter", namespace, "busybox", *command], check=True, capture_output=True)

    try:
        run("mount", "-o", "bind", folder, folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"no mount can be made where the daemon runs: {error}") from error
    try:
        run("mount", "-o", "remount,bind,ro", folder, folder)
        yield
    finally:
        run("umount", folder)


@pytest.fixture
def unremovable(spare_engine):
    """The name of a container that the daemon fails to remove while the check runs."""
    name = spare_engine.env.create_container("true")
    root = spare_engine.env.get("/info")["DockerRootDir"]
    with read_only(spare_engine.daemon, f"{root}/containers"):
        yield name


@since("1.34/wait-removed-error")
def test_a_removal_that_fails_has_an_error(spare_engine, unremovable):
    with spare_engine.api.stream("POST", f"/containers/{unremovable}/wait", REMOVED) as waiting:
        assert_status(waiting.response, 200)
        assert_refused(spare_engine.env.client.delete(f"/containers/{unremovable}"))
        document = waiting.message(10)

    assert assert_type(document, "Error.Message", str)


@before("1.34/wait-removed-error")
def test_a_removal_that_fails_has_no_answer(spare_engine, unremovable):
    with spare_engine.api.stream("POST", f"/containers/{unremovable}/wait", REMOVED) as waiting:
        assert_status(waiting.response, 200)
        assert_refused(spare_engine.env.client.delete(f"/containers/{unremovable}"))
        body = waiting.rest(10)

    assert body.strip() == b""
