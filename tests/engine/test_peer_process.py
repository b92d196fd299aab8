"""Which process is the daemon's, and when a daemon counts as running on another host."""

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

from conformance.engine import peer_process
from conformance.engine.peer_process import find_pid
from conformance.engine.threads import find_thread
from conformance.http.endpoint import Endpoint

root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
HERE = {"DockerRootDir": "/", "KernelVersion": os.uname().release, "Name": os.uname().nodename}


@pytest.fixture
def path(tmp_path):
    """A unix socket on which this process listens."""
    name = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(name)
        listener.listen(8)
        yield name


def test_a_process_that_took_over_a_socket_is_found_by_its_handle(path):
    assert peer_process._holder(path) == os.getpid()
    assert peer_process._holder(path + "other") == 0


@root
@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"KernelVersion": "2.6.32"},
        {"Name": "other"},
        {"KernelVersion": "2.6.32", "Name": "other"},
        {"DockerRootDir": "/no/such"},
        {"DockerRootDir": None},
        {"DockerRootDir": ""},
    ],
    ids=["nothing", "kernel", "name", "kernel and name", "directory", "no directory", "empty directory"],
)
def test_a_daemon_cannot_move_to_another_host_by_what_it_says(claims, path):
    assert find_pid(Endpoint(path=path), {**HERE, **claims}) == (os.getpid(), "")


@root
@pytest.mark.parametrize("claims", [{"KernelVersion": "2.6.32"}, {"Name": "other"}], ids=["kernel", "name"])
def test_a_daemon_whose_directory_and_host_are_not_here_runs_elsewhere(claims, path):
    pid, reason = find_pid(Endpoint(path=path), {**HERE, "DockerRootDir": "/no/such", **claims})

    assert pid == 0
    assert "runs elsewhere" in reason


@root
@pytest.mark.skipif(not shutil.which("socat"), reason="needs socat")
def test_a_forwarder_is_not_the_daemon(path, tmp_path):
    there = str(tmp_path / "t")
    with subprocess.Popen(["socat", f"UNIX-LISTEN:{there},fork", f"UNIX-CONNECT:{path}"]) as forwarder:
        while not os.path.exists(there):
            time.sleep(0.01)
        pid, reason = find_pid(Endpoint(path=there), HERE)
        forwarder.terminate()

    assert (pid, reason) == (0, "behind the socket is socat, and the daemon runs elsewhere")


def test_a_daemon_over_tcp_cannot_be_looked_at():
    assert find_pid(Endpoint(host="127.0.0.1", port=1), HERE)[0] == 0


#: A process of four threads, of which the first has a mount namespace of its own.
WANDERER = """
import ctypes, sys, threading, time
for _ in range(3):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
if ctypes.CDLL(None).unshare(0x20000):
    sys.exit(1)
print("ready", flush=True)
time.sleep(60)
"""


@root
def test_the_files_of_a_process_are_those_of_most_of_its_threads():
    command = [sys.executable, "-c", WANDERER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            own, found = (os.readlink(f"/proc/{at}/ns/mnt") for at in (process.pid, find_thread(process.pid)))
            assert (found == os.readlink("/proc/self/ns/mnt"), own == found) == (True, False)
        finally:
            process.kill()


def test_a_process_that_is_gone_has_no_other_thread():
    assert find_thread(1 << 30) == 1 << 30
