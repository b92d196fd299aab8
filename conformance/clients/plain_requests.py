"""The scenario through requests over requests-unixsocket, as people's scripts have it: paths, parameters and bodies by hand."""

from __future__ import annotations

import json
import time
from importlib.metadata import version as version_of
from typing import Any
from urllib.parse import quote

import requests
import requests_unixsocket

from conformance.clients.objects import COMMAND, COPIED, ECHO, EXEC, EXEC_CODE, Objects, expect, wait_until
from conformance.http import tar
from conformance.http.frames import STDERR, STDOUT, demultiplex, payload
from conformance.model.text import one_line
from conformance.model.versions import ApiVersion

_TIMEOUT = 60
_TAR = {"Content-Type": "application/x-tar"}


class PlainRequests:
    """The steps by hand."""

    def __init__(self, socket: str, version: ApiVersion, objects: Objects, program: str) -> None:
        del program
        self._objects = objects
        self._session = requests_unixsocket.Session()
        self._session.trust_env = False
        self._base = f"http+unix://{quote(socket, safe='')}/v{version}"
        self._container = ""
        self._name = ""
        self._image = ""

    @staticmethod
    def title(program: str) -> str:
        """The client with its version."""
        del program
        return f"requests {version_of('requests')} over requests-unixsocket"

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _ask(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Send a request; `body` is sent as JSON, other options are those of requests. Fails outside of 2xx."""
        if body is not None:
            options["json"] = body
        response: requests.Response = self._session.request(
            method, self._base + path, timeout=_TIMEOUT, allow_redirects=False, **options
        )
        if not 200 <= response.status_code < 300:
            text = one_line(response.text)
            raise AssertionError(f"expected a status of success, got {response.status_code}: {text}")
        return response

    def ping(self) -> None:
        expect((found := self._ask("GET", "/_ping").text) == "OK", "OK", found)

    def version(self) -> None:
        expect("ApiVersion" in (found := self._ask("GET", "/version").json()), "ApiVersion", found)

    def info(self) -> None:
        found = self._ask("GET", "/info").json().get("Containers")
        expect(isinstance(found, int), "a number of containers", found)

    def import_image(self) -> None:
        name = self._objects.name("image", "imported")
        query = {"fromSrc": "-", "repo": name, "tag": "1"}
        response = self._ask(
            "POST", "/images/create", params=query, data=self._objects.rootfs(), headers=_TAR
        )
        _expect_progress(response)
        self._image = self._ask("GET", f"/images/{name}:1/json").json()["Id"]

    def list_images(self) -> None:
        found = [row["Id"] for row in self._ask("GET", "/images/json").json()]
        expect(self._image in found, f"image {self._image}", found)

    def inspect_image(self) -> None:
        found = self._ask("GET", f"/images/{self._image}/json").json()
        expect(found["Id"] == self._image, f"image {self._image}", found["Id"])

    def tag_image(self) -> None:
        name = self._objects.name("image", "tagged")
        self._ask("POST", f"/images/{self._image}/tag", params={"repo": name, "tag": "1"})
        found = self._ask("GET", f"/images/{name}:1/json").json()["Id"]
        expect(found == self._image, f"image {self._image}", found)

    def _create(self, suffix: str, command: list[str], network: str = "none", **members: Any) -> str:
        name = self._objects.name("container", suffix)
        host = {"NetworkMode": network} | members.pop("HostConfig", {})
        body = {
            "Image": self._objects.image,
            "Cmd": command,
            "Labels": self._objects.labels,
            "StopSignal": "SIGKILL",
            "HostConfig": host,
            **members,
        }
        return str(self._ask("POST", "/containers/create", body, params={"name": name}).json()["Id"])

    def _delete(self, container: str) -> None:
        self._ask("DELETE", f"/containers/{container}", params={"force": "1", "v": "1"})

    def _state(self) -> Any:
        return self._ask("GET", f"/containers/{self._container}/json").json()["State"]

    def create(self) -> None:
        self._name = self._objects.name("container", "main")
        self._container = self._create("main", COMMAND, Env=["A=b"])

    def list_containers(self) -> None:
        found = self._ask("GET", "/containers/json", params={"all": "1"}).json()
        names = [row["Names"] for row in found if row["Id"] == self._container]
        expect(names == [[f"/{self._name}"]], f"the name /{self._name}", names)

    def inspect_container(self) -> None:
        found = self._ask("GET", f"/containers/{self._name}/json").json()["Config"]
        expect("A=b" in found["Env"] and found["Cmd"] == COMMAND, "environment and command", found)

    def start(self) -> None:
        self._ask("POST", f"/containers/{self._container}/start")
        expect((found := self._state())["Running"] is True, "a running container", found)

    def exec(self) -> None:
        body = {"AttachStdout": True, "AttachStderr": True, "Cmd": EXEC}
        instance = self._ask("POST", f"/containers/{self._container}/exec", body).json()["Id"]
        answer = self._ask("POST", f"/exec/{instance}/start", {"Detach": False, "Tty": False})
        found = payload(demultiplex(answer.content), STDOUT)
        expect(found == b"ran\n", "the output of the process", answer.content)
        code = self._ask("GET", f"/exec/{instance}/json").json()["ExitCode"]
        expect(code == EXEC_CODE, f"exit code {EXEC_CODE}", code)

    def top(self) -> None:
        found = self._ask("GET", f"/containers/{self._container}/top").json()
        expect("sleep" in str(found["Processes"]), "the process sleep", found)

    def stats(self) -> None:
        with self._ask("GET", f"/containers/{self._container}/stats", stream=True) as answer:
            found = json.loads(next(answer.iter_lines()))
        expect("cpu_stats" in found and "memory_stats" in found, "cpu_stats and memory_stats", sorted(found))

    def copy_in(self) -> None:
        path = f"/containers/{self._container}/archive"
        self._ask("PUT", path, params={"path": "/tmp"}, data=self._objects.archive(), headers=_TAR)  # noqa: S108
        answer = self._ask("GET", path, params={"path": "/tmp/copied"})  # noqa: S108
        expect(tar.unpack(answer.content)["copied"].content == COPIED, "what was copied in", "something else")

    def copy_out(self) -> None:
        answer = self._ask("GET", f"/containers/{self._container}/archive", params={"path": "/etc/passwd"})
        found = tar.unpack(answer.content)["passwd"].content
        expect(found.startswith(b"root:"), "the file passwd", found[:40])

    def attach(self) -> None:
        container = self._create(
            "echo", ECHO, OpenStdin=True, StdinOnce=True, AttachStdin=True, AttachStdout=True
        )
        query = {"stdin": "1", "stdout": "1", "stream": "1"}
        with self._session.post(
            f"{self._base}/containers/{container}/attach", params=query, stream=True, timeout=_TIMEOUT
        ) as answer:
            expect(answer.status_code in (200, 101), "status 200 or 101", answer.status_code)
            stream = answer.raw._fp.fp  # requests gives no other way to the hijacked connection
            self._ask("POST", f"/containers/{container}/start")
            stream.raw._sock.sendall(b"it\n")
            found = b""
            while b"got it\n" not in found and (data := stream.read1(4096)):
                found += data
        expect(b"got it\n" in found, "the answer of the process", found)
        self._delete(container)

    def _log(self, **query: str) -> bytes:
        return self._ask("GET", f"/containers/{self._container}/logs", params=query).content

    def logs(self) -> None:
        wait_until(lambda: b"err" in self._log(stderr="1"), "the line on stderr in the logs")
        frames = demultiplex(self._log(stdout="1", stderr="1"))
        found = (payload(frames, STDOUT), payload(frames, STDERR))
        expect(found == (b"out\n", b"err\n"), "a line on each output", found)

    def events(self) -> None:
        until = int(time.time())
        filters = json.dumps({"container": [self._container]})
        query = {"since": str(until - 600), "until": str(until), "filters": filters}
        text = self._ask("GET", "/events", params=query).text
        found = [event.get("status") for event in _documents(text)]
        expect({"create", "start"} <= set(found), "the events create and start", found)

    def pause(self) -> None:
        self._ask("POST", f"/containers/{self._container}/pause")
        expect((found := self._state())["Paused"] is True, "a paused container", found)
        self._ask("POST", f"/containers/{self._container}/unpause")

    def rename(self) -> None:
        name = self._objects.name("container", "renamed")
        self._ask("POST", f"/containers/{self._container}/rename", params={"name": name})
        found = self._ask("GET", f"/containers/{name}/json").json()["Id"]
        expect(found == self._container, f"container {self._container}", found)

    def stop(self) -> None:
        self._ask("POST", f"/containers/{self._container}/stop", params={"t": "1"})
        expect((found := self._state())["Running"] is False, "a stopped container", found)

    def wait(self) -> None:
        found = self._ask("POST", f"/containers/{self._container}/wait").json()
        expect(found["StatusCode"] == 137, "exit code 137", found)

    def commit(self) -> None:
        name = self._objects.name("image", "committed")
        query = {"container": self._container, "repo": name, "tag": "1"}
        self._ask("POST", "/commit", {}, params=query)
        self._ask("GET", f"/images/{name}:1/json")
        self._ask("DELETE", f"/images/{name}:1")

    def build(self) -> None:
        name = self._objects.name("image", "built")
        query = {"t": f"{name}:1", "rm": "1"}
        _expect_progress(
            self._ask("POST", "/build", params=query, data=self._objects.context(), headers=_TAR)
        )
        labels = self._ask("GET", f"/images/{name}:1/json").json()["Config"]["Labels"] or {}
        self._ask("DELETE", f"/images/{name}:1")
        expect(labels.get("built") == "yes", "the label built", labels)

    def volume(self) -> None:
        name = self._objects.name("volume", "volume")
        self._ask("POST", "/volumes/create", {"Name": name, "Driver": "local"})
        found = [row["Name"] for row in self._ask("GET", "/volumes").json()["Volumes"]]
        expect(name in found, f"volume {name}", found)
        container = self._create("with-volume", ["true"], HostConfig={"Binds": [f"{name}:/data"]})
        self._delete(container)
        self._ask("DELETE", f"/volumes/{name}")

    def network(self) -> None:
        name = self._objects.name("network", "network")
        self._ask("POST", "/networks/create", {"Name": name, "Driver": "bridge"})
        container = self._create("on-network", ["true"], name)
        found = self._ask("GET", f"/containers/{container}/json").json()["NetworkSettings"]["Networks"]
        expect(name in found, f"network {name}", list(found))
        self._delete(container)
        self._ask("DELETE", f"/networks/{name}")

    def remove(self) -> None:
        self._delete(self._container)
        found = [row["Id"] for row in self._ask("GET", "/containers/json", params={"all": "1"}).json()]
        expect(self._container not in found, "no container", self._container)

    def remove_image(self) -> None:
        name = f"{self._objects.name('image', 'imported')}:1"
        self._ask("DELETE", f"/images/{name}", params={"force": "1"})
        found = [tag for row in self._ask("GET", "/images/json").json() for tag in row["RepoTags"] or []]
        expect(name not in found, f"no image {name}", name)


def _documents(text: str) -> list[Any]:
    """The JSON documents of a stream, with whatever white space between them."""
    decoder = json.JSONDecoder()
    found = []
    place = 0
    while (rest := text[place:].lstrip()) != "":
        place = len(text) - len(rest)
        document, place = decoder.raw_decode(text, place)
        found.append(document)
    return found


def _expect_progress(response: requests.Response) -> None:
    """Fail where a stream of progress reports an error."""
    errors = [message["error"] for message in _documents(response.text) if "error" in message]
    expect(not errors, "progress without an error", errors)
