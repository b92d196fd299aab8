"""Ways to a unix socket that people have: a TCP port, OpenSSH, a web server in front. Each runs on loopback."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

NGINX = pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")
HAPROXY = pytest.mark.skipif(not shutil.which("haproxy"), reason="needs haproxy")
SSHD = pytest.mark.skipif(not shutil.which("sshd"), reason="needs openssh-server")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


@contextmanager
def tcp_port(path: str) -> Iterator[int]:
    """A port of 127.0.0.1 that leads to the unix socket `path`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=carry, args=(listener.accept()[0], path), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def carry(here: socket.socket, path: str) -> None:
    """Copy both ways until both sides have ended."""
    with here, socket.socket(socket.AF_UNIX) as there:
        there.connect(path)
        back = threading.Thread(target=copy, args=(there, here), daemon=True)
        back.start()
        copy(here, there)
        back.join()


def copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def ssh_server(folder: Path) -> Iterator[tuple[str, Path]]:
    """An sshd that admits this user: its address, and a directory whose ``ssh`` has the key and knows the host."""
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized_keys")
    port = free_port()
    options = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized_keys",
        "PidFile": "none",
        "StrictModes": "no",
        "PermitRootLogin": "prohibit-password",
        "AllowStreamLocalForwarding": "yes",
        "UsePAM": "no",
    }
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in options.items()))
    key = (folder / "host.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {key}")
    wrapper = folder / "ssh"
    wrapper.write_text(
        f"#!/bin/sh\nexec {shutil.which('ssh')} -F none -i {folder}/user"
        f' -o UserKnownHostsFile={folder}/known_hosts "$@"\n'
    )
    wrapper.chmod(0o755)
    os.makedirs("/run/sshd", exist_ok=True)
    with subprocess.Popen(
        [shutil.which("sshd") or "sshd", "-D", "-e", "-f", folder / "sshd_config"]
    ) as server:
        try:
            wait_for_port(port)
            yield f"{getpass.getuser()}@127.0.0.1:{port}", folder
        finally:
            server.terminate()


@contextmanager
def nginx(folder: Path, backend: str, *directives: str) -> Iterator[int]:
    """nginx on a port, in front of the unix socket `backend`, with `directives` in its only location."""
    folder.mkdir()
    port = free_port()
    (folder / "nginx.conf").write_text(
        f"""
        daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{
            access_log off; client_max_body_size 0;
            client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
            fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
            upstream daemon {{ server unix:{backend}; }}
            server {{
                listen 127.0.0.1:{port};
                location / {{ proxy_pass http://daemon; {" ".join(directives)} }}
            }}
        }}
        """
    )
    yield from _serve([shutil.which("nginx") or "nginx", "-c", str(folder / "nginx.conf")], port)


@contextmanager
def haproxy(
    folder: Path, backend: str, *rules: str, mode: str = "http", certificate: Path | None = None
) -> Iterator[int]:
    """haproxy on a port, in front of the unix socket `backend`, with `rules` in its frontend.

    With a `certificate` (and its key in the same file) it speaks TLS to its clients.
    """
    folder.mkdir()
    port = free_port()
    lines = "\n    ".join(rules)
    tls = f" ssl crt {certificate}" if certificate is not None else ""
    (folder / "haproxy.cfg").write_text(
        f"""
defaults
    mode {mode}
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend socket
    bind 127.0.0.1:{port}{tls}
    {lines}
    default_backend daemon
backend daemon
    server daemon unix@{backend}
"""
    )
    yield from _serve([shutil.which("haproxy") or "haproxy", "-db", "-f", str(folder / "haproxy.cfg")], port)


def _serve(command: list[str], port: int) -> Iterator[int]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for_port(port)
            yield port
        finally:
            server.terminate()


def wait_for_port(port: int, patience: float = 10.0) -> None:
    ends = time.monotonic() + patience
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert time.monotonic() < ends, f"nothing listens on port {port}"
        time.sleep(0.02)
