"""The daemon's Unix socket: where it is, and who may use it."""

import os

import pytest

from conformance import assert_alive, assert_status, since
from conformance.testing import (
    ConformanceError,
    FixtureError,
    PrivateDaemon,
    Unavailable,
    group_id,
    may_connect,
)

NOBODY = 65534
DEFAULT = ("/var/run/docker.sock", "/run/docker.sock")


@pytest.fixture
def default_endpoint(env, daemon):
    """The default address of a second daemon of the same build, started without --host."""

    def start():
        second = PrivateDaemon(daemon.private.binary, explicit_socket=False)
        try:
            second.start()
        except ConformanceError as error:
            second.stop()
            raise FixtureError(f"failed to start a daemon without --host: {error}") from error
        env.before_removal.append(lambda: second.stop() or [])
        return second.endpoint

    return env.share("daemon without --host", start)


@pytest.fixture
def docker_group(daemon):
    """The number of the group docker on the daemon's host, where the socket is the default one."""
    if daemon.private is None and os.path.realpath(daemon.endpoint.path) not in map(
        os.path.realpath, DEFAULT
    ):
        raise Unavailable("the socket is not the default one: the daemon was told its group")
    number = group_id(daemon.pid, "docker")
    if number is None:
        raise Unavailable("the daemon's host has no group named docker")
    return number


@since("general/default-socket")
def test_default_socket_answers(api, default_endpoint):
    answer = api.through(default_endpoint).get("/_ping")

    assert_status(answer, 200)


@since("general/socket-needs-root")
def test_socket_lets_root_in_and_nobody_else(api, daemon):
    path = daemon.endpoint.path

    assert_alive(api)
    assert may_connect(path, 0, 0)
    assert not may_connect(path, NOBODY, NOBODY)
    assert not may_connect(path, 1, 1)


@since("general/socket-belongs-to-group-docker")
def test_socket_belongs_to_the_group(api, daemon, docker_group):
    path = daemon.endpoint.path

    assert_alive(api)
    assert os.stat(path).st_gid == docker_group
    assert may_connect(path, NOBODY, NOBODY, (docker_group,))
