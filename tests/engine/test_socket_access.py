import os
import socket

import pytest

from conformance.engine.socket_access import group_id, may_connect

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")


@pytest.fixture
def listening(tmp_path):
    """A socket of root and group 12345 in a directory that nobody else may enter."""
    path = tmp_path / "sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        path.chmod(0o660)
        os.chown(path, 0, 12345)
        tmp_path.chmod(0o700)
        yield path


def test_root_and_the_group_may_connect_and_no_other_user(listening):
    path = str(listening)

    assert may_connect(path, 0, 0)
    assert may_connect(path, 65534, 65534, (12345,))
    assert not may_connect(path, 65534, 65534)


def test_a_socket_that_is_open_to_all_lets_everybody_in(listening):
    listening.chmod(0o666)

    assert may_connect(str(listening), 65534, 65534)


def test_a_group_is_found_by_name():
    assert group_id(os.getpid(), "root") == 0
    assert group_id(os.getpid(), "no-such-group-here") is None
