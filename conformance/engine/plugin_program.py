"""A plugin of an engine: a volume, IPAM, network, log, authorization and secret driver on one unix socket.

It runs in a thread of the suite as a legacy plugin, whose socket lies in the engine's plugin folder, and as the program of a
managed plugin. Standard library only: a managed plugin runs it with the host's Python and nothing else.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

Members = dict[str, Any]

#: What the IPAM driver gives out, what every volume tells as its time of creation, and what every secret holds.
POOL = "10.213.0.0/24"
CREATED_AT = "2001-02-03T04:05:06Z"
SECRET = b"a secret of the plugin"
#: The option of a volume that names members which the volume driver then does not tell.
LEFT_OUT = "left-out"
#: The authorization driver refuses requests whose path contains this.
FORBIDDEN = "docker-conformance-forbidden"

_INTERFACES = ("VolumeDriver", "IpamDriver", "NetworkDriver", "LogDriver", "authz", "secretprovider")


class Plugin:
    """Answers calls and remembers them; `root` is the engine's root directory, `mounts` where it finds the volumes.

    `scope` is that of the volumes, local or global.
    """

    def __init__(self, root: str = "", mounts: str = "/data", scope: str = "local") -> None:
        self.calls: list[tuple[str, Members]] = []
        #: Lines of containers, as the log driver received them, in frames of its protocol.
        self.logged = b""
        self._root = root
        self._mounts = mounts
        self._scope = scope
        self._volumes: dict[str, Members] = {}
        self._last_address = 1

    def calls_of(self, name: str) -> list[Members]:
        """The bodies of the calls of this name, such as ``IpamDriver.RequestPool``."""
        return [body for called, body in self.calls if called == name]

    def forget_volume(self, name: str) -> None:
        """Lose a volume, as when somebody has removed it behind the engine's back."""
        self._volumes.pop(name, None)

    def directory_of(self, name: str) -> str:
        """The directory of a volume, as this side sees it."""
        return f"{self._root}{self._mounts}/{name}"

    def answer(self, name: str, body: Members) -> Members:
        """The answer to a call; ``Err`` says what is wrong, as all drivers do it."""
        self.calls.append((name, body))
        answers: dict[str, Callable[[Members], Members]] = {
            "Plugin.Activate": lambda _: {"Implements": list(_INTERFACES)},
            "VolumeDriver.Capabilities": lambda _: {"Capabilities": {"Scope": self._scope}},
            "VolumeDriver.Create": self._create_volume,
            "VolumeDriver.Get": lambda body: self._with_volume(body, lambda volume: {"Volume": volume}),
            "VolumeDriver.List": lambda _: {"Volumes": list(self._volumes.values())},
            "VolumeDriver.Path": self._mount,
            "VolumeDriver.Mount": self._mount,
            "VolumeDriver.Remove": self._remove_volume,
            "IpamDriver.GetCapabilities": lambda _: {},
            "IpamDriver.GetDefaultAddressSpaces": lambda _: {
                "LocalDefaultAddressSpace": "local",
                "GlobalDefaultAddressSpace": "global",
            },
            "IpamDriver.RequestPool": lambda body: {"PoolID": "pool", "Pool": body.get("Pool") or POOL},
            "IpamDriver.RequestAddress": self._request_address,
            "NetworkDriver.GetCapabilities": lambda _: {"Scope": "local", "ConnectivityScope": "local"},
            "LogDriver.Capabilities": lambda _: {"Cap": {"ReadLogs": False}},
            "LogDriver.StartLogging": self._start_logging,
            "AuthZPlugin.AuthZReq": _authorize,
            "AuthZPlugin.AuthZRes": lambda _: {"Allow": True},
            "SecretProvider.GetSecret": lambda _: {"Value": base64.b64encode(SECRET).decode()},
        }
        known = answers.get(name)
        return {"Err": "", **(known(body) if known else {})}

    def _create_volume(self, body: Members) -> Members:
        name = body["Name"]
        options = body.get("Opts") or {}
        volume = {"Name": name, "Mountpoint": f"{self._mounts}/{name}", "CreatedAt": CREATED_AT}
        volume["Status"] = {"options": options, "DEBUG": os.environ.get("DEBUG", "")}
        for member in options.get(LEFT_OUT, "").split():
            del volume[member]
        self._volumes[name] = volume
        return {}

    def _remove_volume(self, body: Members) -> Members:
        self._volumes.pop(body["Name"], None)
        return {}

    def _mount(self, body: Members) -> Members:
        def mount(volume: Members) -> Members:
            os.makedirs(self._root + volume["Mountpoint"], exist_ok=True)
            return {"Mountpoint": volume["Mountpoint"]}

        return self._with_volume(body, mount)

    def _with_volume(self, body: Members, use: Callable[[Members], Members]) -> Members:
        volume = self._volumes.get(body["Name"])
        return use(volume) if volume else {"Err": f"no such volume: {body['Name']}"}

    def _request_address(self, body: Members) -> Members:
        self._last_address += 1
        address = body.get("Address") or f"{POOL.rpartition('.')[0]}.{self._last_address}"
        return {"Address": f"{address}/24"}

    def _start_logging(self, body: Members) -> Members:
        def read() -> None:
            with open(self._root + body["File"], "rb", buffering=0) as pipe:
                while part := pipe.read(65536):
                    self.logged += part

        threading.Thread(target=read, daemon=True).start()
        return {}


def _authorize(body: Members) -> Members:
    if FORBIDDEN in body.get("RequestUri", ""):
        return {"Allow": False, "Msg": "the plugin forbids it"}
    return {"Allow": True}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    plugin: Plugin

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def do_POST(self) -> None:
        """One call: its name is the path, its arguments are the body."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        answer = json.dumps(self.plugin.answer(self.path.lstrip("/"), body or {})).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.docker.plugins.v1.2+json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


def create_server(path: str, plugin: Plugin) -> UnixStreamServer:
    """A server on the unix socket `path`; it does not serve yet. Raises OSError."""
    return _Server(path, type("Handler", (_Handler,), {"plugin": plugin}))


if __name__ == "__main__":
    # The first process of a namespace ignores SIGTERM by default, and an engine would wait for ten seconds.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    create_server(sys.argv[1], Plugin()).serve_forever()
