"""Plugins for an engine that this run has started: the archive of a managed one, and legacy ones on a socket.

The interfaces are those of https://docs.docker.com/engine/extend/, which the reference refers to.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from socketserver import UnixStreamServer
from types import TracebackType
from typing import Any

from conformance.engine import plugin_program
from conformance.http.tar import Member, pack

#: The name that a managed plugin's socket has inside it.
_SOCKET = "conformance.sock"
#: The member of a plugin's settings that a user may change; volumes show it in their status.
SETTABLE = "DEBUG"


def make_plugin(interface: str = "docker.volumedriver/1.0", **config: Any) -> bytes:
    """The tar of a managed plugin that implements `interface`, with members of its ``config.json`` replaced by `config`.

    Its program runs with this process's Python, which it finds through read-only mounts: the engine's host must be this one.
    """
    document = {
        "Description": "a plugin of docker-conformance",
        "Documentation": "",
        "Entrypoint": [*_python(), "/plugin.py", f"/run/docker/plugins/{_SOCKET}"],
        "WorkDir": "/",
        "Interface": {"Types": [interface], "Socket": _SOCKET},
        "Network": {"Type": ""},
        "Linux": {"Capabilities": None, "AllowAllDevices": False, "Devices": None},
        "Mounts": [_mount(path) for path in _directories_of_python()],
        "PropagatedMount": "/data",
        "Env": [
            {"Name": SETTABLE, "Description": "shown by volumes", "Settable": ["value"], "Value": "0"},
            {"Name": "FIXED", "Description": "not settable", "Settable": None, "Value": "1"},
        ],
        "Args": {"Name": "", "Description": "", "Settable": None, "Value": None},
        **config,
    }
    program = Path(plugin_program.__file__).read_bytes()
    return pack(
        Member("config.json", json.dumps(document).encode()),
        Member("rootfs", kind="dir", mode=0o755),
        Member("rootfs/plugin.py", program),
        # An engine may refuse a plugin whose layer another one has.
        Member("rootfs/id", secrets.token_bytes(8)),
    )


class LegacyPlugin(plugin_program.Plugin):
    """Context manager: a plugin for the engine whose root directory is `root`, here ``/proc/PID/root``.

    A thread serves it until ``__exit__``. `name` is that of its drivers. Its `socket` lies in the engine's plugin folder, or
    elsewhere if a file of the engine's /etc/docker/plugins says so.
    """

    def __init__(self, name: str, root: str, socket: str = "", scope: str = "local") -> None:
        super().__init__(root, f"/run/{name}", scope)
        self.name = name
        self._path = socket or f"{root}/run/docker/plugins/{name}.sock"
        self._server: UnixStreamServer | None = None

    def __enter__(self) -> LegacyPlugin:
        self.start()
        return self

    def start(self) -> None:
        """Serve. Raises OSError when the folder cannot be reached."""
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        self._server = plugin_program.create_server(self._path, self)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Serve no longer. May be called again."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            with contextlib.suppress(OSError):
                os.unlink(self._path)


def _python() -> list[str]:
    return [os.path.realpath(sys.executable), "-I", "-S"]


def _directories_of_python() -> list[str]:
    """The directories of the host in which Python and its libraries lie, none inside another."""
    wanted = ["/usr", "/lib", "/lib64"]
    if not os.path.realpath(sys.base_prefix).startswith("/usr/"):
        wanted.append(os.path.realpath(sys.base_prefix))
    return [path for path in dict.fromkeys(wanted) if os.path.isdir(path)]


def _mount(path: str) -> Mapping[str, Any]:
    return {
        "Name": path.strip("/").replace("/", "-"),
        "Description": "",
        "Source": path,
        "Destination": path,
        "Type": "bind",
        "Options": ["rbind", "ro"],
        "Settable": None,
    }
