"""The scenario through the Docker SDK for Python, as its users write it. The SDK judges the answers; we look at what it returns."""

from __future__ import annotations

import io
import time
from typing import Any

import docker
import docker.constants

from conformance.clients.objects import COMMAND, COPIED, ECHO, EXEC, EXEC_CODE, Objects, expect, wait_until
from conformance.http import tar
from conformance.model.errors import Unavailable
from conformance.model.versions import ApiVersion

_TIMEOUT = 60


class DockerSdk:
    """The steps by the SDK."""

    def __init__(self, socket: str, version: ApiVersion, objects: Objects, program: str) -> None:
        oldest = ApiVersion.parse(docker.constants.MINIMUM_DOCKER_API_VERSION)
        if version < oldest:
            raise Unavailable(f"{self.title(program)} speaks API {oldest} and newer")
        self._objects = objects
        self._client = docker.DockerClient(
            base_url=f"unix://{socket}", version=str(version), timeout=_TIMEOUT
        )
        self._container: Any = None
        self._image: Any = None

    @staticmethod
    def title(program: str) -> str:
        """The client with its version."""
        del program
        return f"Docker SDK for Python {docker.__version__}"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ping(self) -> None:
        expect(self._client.ping() is True, "true", "another answer")

    def version(self) -> None:
        expect("ApiVersion" in (found := self._client.version()), "ApiVersion", found)

    def info(self) -> None:
        expect(
            isinstance(found := self._client.info().get("Containers"), int), "a number of containers", found
        )

    def import_image(self) -> None:
        name = self._objects.name("image", "imported")
        self._client.api.import_image_from_data(self._objects.rootfs(), repository=name, tag="1")
        self._image = self._client.images.get(f"{name}:1")

    def list_images(self) -> None:
        found = [image.id for image in self._client.images.list()]
        expect(self._image.id in found, f"image {self._image.id}", found)

    def inspect_image(self) -> None:
        found = self._client.images.get(self._image.id).tags
        expect(any(tag.endswith("-imported:1") for tag in found), "the name of the import", found)

    def tag_image(self) -> None:
        name = self._objects.name("image", "tagged")
        expect(self._image.tag(name, tag="1"), "success", "a refusal")
        expect(
            self._client.images.get(f"{name}:1").id == self._image.id, "the id of the import", "another id"
        )

    def _create(self, suffix: str, command: list[str], **options: Any) -> Any:
        name = self._objects.name("container", suffix)
        defaults = {"labels": self._objects.labels, "network_mode": "none", "stop_signal": "SIGKILL"}
        return self._client.containers.create(self._objects.image, command, name=name, **defaults | options)

    def create(self) -> None:
        self._container = self._create("main", COMMAND, environment={"A": "b"})

    def list_containers(self) -> None:
        found = self._client.containers.list(all=True, filters={"name": self._container.name})
        expect([one.id for one in found] == [self._container.id], "the container", found)

    def inspect_container(self) -> None:
        found = self._client.containers.get(self._container.name).attrs["Config"]
        expect("A=b" in found["Env"] and found["Cmd"] == COMMAND, "environment and command", found)

    def start(self) -> None:
        self._container.start()
        self._container.reload()
        expect(self._container.status == "running", "running", self._container.status)

    def exec(self) -> None:
        code, output = self._container.exec_run(EXEC, demux=True)
        expect(
            (code, output[0]) == (EXEC_CODE, b"ran\n"), f"exit code {EXEC_CODE} and output", (code, output)
        )

    def top(self) -> None:
        found = self._container.top()
        expect("sleep" in str(found["Processes"]), "the process sleep", found)

    def stats(self) -> None:
        found = self._container.stats(stream=False)
        expect("cpu_stats" in found and "memory_stats" in found, "cpu_stats and memory_stats", sorted(found))

    def copy_in(self) -> None:
        expect(self._container.put_archive("/tmp", self._objects.archive()), "success", "a refusal")  # noqa: S108
        chunks, _ = self._container.get_archive("/tmp/copied")  # noqa: S108
        expect(
            tar.unpack(b"".join(chunks))["copied"].content == COPIED, "what was copied in", "something else"
        )

    def copy_out(self) -> None:
        chunks, facts = self._container.get_archive("/etc/passwd")
        found = tar.unpack(b"".join(chunks))["passwd"].content
        expect(
            found.startswith(b"root:") and facts["name"] == "passwd", "the file passwd", (found[:20], facts)
        )

    def attach(self) -> None:
        container = self._create("echo", ECHO, stdin_open=True)
        attached = container.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
        connection = getattr(attached, "_sock", attached)
        connection.settimeout(_TIMEOUT)
        container.start()
        connection.sendall(b"it\n")
        found = b""
        while b"got it\n" not in found and (data := connection.recv(4096)):
            found += data
        connection.close()
        expect(b"got it\n" in found, "the answer of the process", found)
        container.remove(force=True)

    def logs(self) -> None:
        wait_until(lambda: b"err" in self._container.logs(stdout=False), "the line on stderr in the logs")
        found = self._container.logs(stderr=False)
        expect(found == b"out\n", "the line on stdout", found)

    def events(self) -> None:
        until = int(time.time())
        found = [
            event["status"]
            for event in self._client.events(
                since=until - 600, until=until, filters={"container": self._container.id}, decode=True
            )
            if "status" in event
        ]
        expect({"create", "start"} <= set(found), "the events create and start", found)

    def pause(self) -> None:
        self._container.pause()
        self._container.reload()
        expect(self._container.status == "paused", "paused", self._container.status)
        self._container.unpause()

    def rename(self) -> None:
        name = self._objects.name("container", "renamed")
        self._container.rename(name)
        expect(
            self._client.containers.get(name).id == self._container.id,
            "the container by its new name",
            "another",
        )

    def stop(self) -> None:
        self._container.stop(timeout=1)
        self._container.reload()
        expect(self._container.status == "exited", "exited", self._container.status)

    def wait(self) -> None:
        found = self._container.wait()
        expect(found["StatusCode"] == 137, "exit code 137", found)

    def commit(self) -> None:
        name = self._objects.name("image", "committed")
        found = self._container.commit(repository=name, tag="1")
        expect(f"{name}:1" in str(found.tags), f"an image {name}:1", found.tags)
        self._client.images.remove(f"{name}:1")

    def build(self) -> None:
        name = self._objects.name("image", "built")
        image, _ = self._client.images.build(
            fileobj=io.BytesIO(self._objects.context()), custom_context=True, tag=f"{name}:1", rm=True
        )
        expect(image.labels.get("built") == "yes", "the label built", image.labels)
        self._client.images.remove(f"{name}:1")

    def volume(self) -> None:
        volume = self._client.volumes.create(self._objects.name("volume", "volume"))
        expect(
            volume.name in [one.name for one in self._client.volumes.list()],
            "the volume in the list",
            "others",
        )
        container = self._create(
            "with-volume", ["true"], volumes={volume.name: {"bind": "/data", "mode": "rw"}}
        )
        expect(volume.name in str(container.attrs["HostConfig"]), "the volume in HostConfig", container.attrs)
        container.remove(v=True)
        volume.remove()

    def network(self) -> None:
        network = self._client.networks.create(self._objects.name("network", "network"), driver="bridge")
        container = self._create("on-network", ["true"], network_mode=network.name)
        container.reload()
        networks = container.attrs["NetworkSettings"]["Networks"]
        expect(network.name in networks, f"network {network.name}", list(networks))
        container.remove()
        network.remove()

    def remove(self) -> None:
        self._container.remove(force=True)
        found = self._client.containers.list(all=True, filters={"id": self._container.id})
        expect(not found, "no container", found)

    def remove_image(self) -> None:
        name = f"{self._objects.name('image', 'imported')}:1"
        self._client.images.remove(name, force=True)
        found = [tag for image in self._client.images.list() for tag in image.tags]
        expect(not any(tag.endswith(name) for tag in found), "no image of that name", found)
