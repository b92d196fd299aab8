import os
import sys
import textwrap

import pytest
from scripted import answering, scripted

from conformance.engine.private.daemon import answers
from conformance.engine.ssh import SshAddress, forward
from conformance.model.errors import Unreachable, UsageError

# Does for this one command line what OpenSSH does: listens here, connects there.
FAKE = """
    import os, select, socket, sys, threading
    local, _, remote = sys.argv[sys.argv.index("-L") + 1].partition(":")
    if "refused" in sys.argv[-1]:
        sys.exit("me@refused: Permission denied (publickey).")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(local)
    listener.listen(8)
    while True:
        here, _ = listener.accept()
        with here, socket.socket(socket.AF_UNIX) as there:
            try:
                there.connect(remote)
            except OSError:
                print("channel 2: open failed: connect failed: open failed", file=sys.stderr, flush=True)
                continue
            there.sendall(here.recv(65536))
            here.sendall(there.recv(65536))
"""


@pytest.fixture
def ssh(tmp_path, monkeypatch):
    program = tmp_path / "ssh"
    program.write_text(f"#!{sys.executable}\n{textwrap.dedent(FAKE)}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


@pytest.fixture
def remote(tmp_path):
    """A socket on which every request is answered with 200."""
    with scripted(tmp_path, answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")) as endpoint:
        yield endpoint.path


def test_socket_of_the_other_host_answers_here_and_is_gone_afterwards(ssh, remote):
    with forward(SshAddress("there", socket=remote)) as endpoint:
        assert answers(endpoint)
        directory = os.path.dirname(endpoint.path)

    assert not os.path.exists(directory)


def test_refusal_of_ssh_is_reported_in_one_line(ssh):
    with pytest.raises(Unreachable, match=r"ssh to refused ended with status 1: .*Permission denied"):
        forward(SshAddress("refused")).__enter__()


def test_host_without_a_daemon_is_reported(ssh, tmp_path):
    with pytest.raises(Unreachable, match=r"no daemon answers at .*none on there: channel 2: open failed"):
        forward(SshAddress("there", socket=str(tmp_path / "none"))).__enter__()


def test_missing_ssh_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="install openssh-client"):
        forward(SshAddress("there")).__enter__()
