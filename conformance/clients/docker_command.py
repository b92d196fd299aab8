"""The scenario through Docker's own command line, with the version of the API that it is told to speak."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from conformance.clients.objects import COMMAND, COPIED, ECHO, EXEC, EXEC_CODE, Objects, expect, wait_until
from conformance.engine import tempdir
from conformance.engine.docker_config import cli_environment
from conformance.model.errors import Unavailable
from conformance.model.text import one_line
from conformance.model.versions import ApiVersion

_TIMEOUT = 60


class DockerCommand:
    """The steps by ``docker``; `program` is its path, "" for the one on the PATH."""

    def __init__(self, socket: str, version: ApiVersion, objects: Objects, program: str) -> None:
        found = program or shutil.which("docker")
        if found is None:
            raise Unavailable(
                "docker is not on the PATH; install it with: apt-get install docker-cli (or docker.io)"
            )
        self._program = found
        self._objects = objects
        self._folder = tempdir.create()
        self._environment = {**cli_environment(socket, version, self._folder), "DOCKER_BUILDKIT": "0"}
        self._container = ""
        self._image = ""

    @staticmethod
    def title(program: str) -> str:
        """The client with its version."""
        found = program or shutil.which("docker")
        if found is None:
            return "Docker's CLI"
        done = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        return f"Docker's CLI {done.stdout.partition(',')[0].rpartition(' ')[2] or 'of unknown version'}"

    def close(self) -> None:
        """Remove the configuration."""
        tempdir.remove(self._folder)

    def _run(self, *words: str, sent: bytes = b"", code: int = 0) -> bytes:
        """Run ``docker`` and return what it wrote to stdout. Fails unless it ends with `code`."""
        done = subprocess.run(
            [self._program, *words],
            env=self._environment,
            input=sent,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
        if done.returncode != code:
            words_of_it = one_line((done.stderr or done.stdout).decode("utf-8", "replace"))
            raise AssertionError(
                f"docker {words[0]}: expected exit code {code}, got {done.returncode}: {words_of_it}"
            )
        return done.stdout

    def _read(self, *words: str) -> str:
        return self._run(*words).decode().strip()

    def _inspect(self, kind: str, name: str) -> Any:
        return json.loads(self._run(kind, "inspect", name))[0]

    def ping(self) -> None:
        # the CLI pings before it does anything else
        self._run("version", "--format", "{{.Client.Version}}")

    def version(self) -> None:
        expect(
            (found := self._read("version", "--format", "{{.Server.APIVersion}}")) != "", "a version", found
        )

    def info(self) -> None:
        expect((found := self._read("info", "--format", "{{.Containers}}")).isdigit(), "a number", found)

    def import_image(self) -> None:
        name = self._objects.name("image", "imported")
        self._run("import", "-", f"{name}:1", sent=self._objects.rootfs())
        self._image = str(self._inspect("image", f"{name}:1")["Id"])

    def list_images(self) -> None:
        found = self._read("images", "--no-trunc", "--quiet").split()
        expect(self._image in found, f"image {self._image}", found)

    def inspect_image(self) -> None:
        expect((found := self._inspect("image", self._image)["Id"]) == self._image, self._image, found)

    def tag_image(self) -> None:
        name = self._objects.name("image", "tagged")
        self._run("tag", self._image, f"{name}:1")
        expect((found := self._inspect("image", f"{name}:1")["Id"]) == self._image, self._image, found)

    def _create(self, suffix: str, command: list[str], *options: str) -> str:
        name = self._objects.name("container", suffix)
        labels = [f"--label={key}={value}" for key, value in self._objects.labels.items()]
        usual = [] if any(option.startswith("--network") for option in options) else ["--network=none"]
        self._run(
            "create",
            "--name",
            name,
            "--stop-signal=SIGKILL",
            *labels,
            *usual,
            *options,
            self._objects.image,
            *command,
        )
        return name

    def create(self) -> None:
        self._container = self._create("main", COMMAND, "--env=A=b")

    def list_containers(self) -> None:
        found = self._read("ps", "--all", "--format", "{{.Names}}", "--filter", f"name={self._container}")
        expect(found == self._container, self._container, found)

    def inspect_container(self) -> None:
        found = self._inspect("container", self._container)["Config"]
        expect("A=b" in found["Env"] and found["Cmd"] == COMMAND, "environment and command", found)

    def start(self) -> None:
        self._run("start", self._container)
        expect((found := self._status()) == "running", "running", found)

    def _status(self) -> str:
        return str(self._inspect("container", self._container)["State"]["Status"])

    def exec(self) -> None:
        found = self._run("exec", self._container, *EXEC, code=EXEC_CODE)
        expect(found == b"ran\n", "the output of the process", found)

    def top(self) -> None:
        expect("sleep" in (found := self._read("top", self._container)), "the process sleep", found)

    def stats(self) -> None:
        found = self._read("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", self._container)
        expect(found.startswith(self._container), "a line of the container", found)

    def copy_in(self) -> None:
        file = Path(self._folder, "copied")
        file.write_bytes(COPIED)
        self._run("cp", str(file), f"{self._container}:/tmp/copied")
        found = self._run("exec", self._container, "cat", "/tmp/copied")  # noqa: S108
        expect(found == COPIED, "what was copied in", found)

    def copy_out(self) -> None:
        file = Path(self._folder, "passwd")
        self._run("cp", f"{self._container}:/etc/passwd", str(file))
        expect((found := file.read_bytes()).startswith(b"root:"), "the file passwd", found[:40])

    def attach(self) -> None:
        name = self._create("echo", ECHO, "--interactive")
        found = self._run("start", "--attach", "--interactive", name, sent=b"it\n")
        expect(found == b"got it\n", "the answer of the process", found)
        self._run("rm", "--force", name)

    def logs(self) -> None:
        wait_until(lambda: self._run("logs", self._container) == b"out\n", "the line on stdout in the logs")

    def events(self) -> None:
        until = int(time.time())
        words = (
            "--since",
            str(until - 600),
            "--until",
            str(until),
            "--filter",
            f"container={self._container}",
        )
        found = self._read("events", *words, "--format", "{{.Action}}").split()
        expect({"create", "start"} <= set(found), "the events create and start", found)

    def pause(self) -> None:
        self._run("pause", self._container)
        expect((found := self._status()) == "paused", "paused", found)
        self._run("unpause", self._container)

    def rename(self) -> None:
        name = self._objects.name("container", "renamed")
        self._run("rename", self._container, name)
        self._container = name
        expect((found := self._status()) == "running", "the running container by its new name", found)

    def stop(self) -> None:
        self._run("stop", "--time=1", self._container)
        expect((found := self._status()) == "exited", "exited", found)

    def wait(self) -> None:
        expect((found := self._read("wait", self._container)) == "137", "exit code 137", found)

    def commit(self) -> None:
        name = self._objects.name("image", "committed")
        self._run("commit", self._container, f"{name}:1")
        self._run("rmi", f"{name}:1")

    def build(self) -> None:
        name = self._objects.name("image", "built")
        self._run("build", "--tag", f"{name}:1", "-", sent=self._objects.context())
        labels = self._inspect("image", f"{name}:1")["Config"]["Labels"] or {}
        self._run("rmi", f"{name}:1")
        expect(labels.get("built") == "yes", "the label built", labels)

    def volume(self) -> None:
        name = self._objects.name("volume", "volume")
        self._run("volume", "create", "--name", name)
        expect(name in (found := self._read("volume", "ls", "--quiet").split()), f"volume {name}", found)
        container = self._create("with-volume", ["true"], f"--volume={name}:/data")
        self._run("rm", "--volumes", container)
        self._run("volume", "rm", name)

    def network(self) -> None:
        name = self._objects.name("network", "network")
        self._run("network", "create", "--driver=bridge", name)
        container = self._create("on-network", ["true"], f"--network={name}")
        networks = self._inspect("container", container)["NetworkSettings"]["Networks"]
        expect(name in networks, f"network {name}", list(networks))
        self._run("rm", container)
        self._run("network", "rm", name)

    def remove(self) -> None:
        self._run("rm", "--force", self._container)
        found = self._read("ps", "--all", "--quiet", "--filter", f"name={self._container}")
        expect(found == "", "no container", found)

    def remove_image(self) -> None:
        name = f"{self._objects.name('image', 'imported')}:1"
        self._run("rmi", "--force", name)
        found = self._read("images", "--format", "{{.Repository}}:{{.Tag}}").split()
        expect(name not in found, f"no image {name}", found)
