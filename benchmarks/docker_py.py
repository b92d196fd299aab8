"""docker-py's integration tests on a private engine of the same kind: what this suite's speed is held against.

The tests come from docker-py's source package. The images that they name are this suite's root file system, so most of them
pass without a network; those that need more fail and do not count.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from conformance.engine.targets import find
from conformance.environment.images import TAR
from conformance.environment.rootfs import make_rootfs
from conformance.http.client import Client
from conformance.runner.options import RunOptions

#: The newest release whose source package has the tests.
RELEASE = "docker==7.0.0"
#: What they import beside docker-py and pytest.
LIBRARIES = ("paramiko",)
IMAGES = (("alpine", "3.10"), ("busybox", "latest"))
#: Seconds after which a test is given up; the longest of those that pass takes a third of it.
PATIENCE = 30


class Speed(NamedTuple):
    """Tests that passed, and the seconds of wall time and of processor time, the engine's aside, of the whole run."""

    passed: int
    wall: float
    processor: float


def measure_docker_py(*files: str) -> Speed | None:
    """Run the integration tests, or those of some files; None when pip cannot have the source package."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pip = [sys.executable, "-m", "pip", "--quiet"]
        steps = (
            [*pip, "download", "--no-deps", "--no-binary", "docker", "--dest", name, RELEASE],
            [*pip, "install", "--target", str(folder / "libraries"), *LIBRARIES],
        )
        if any(subprocess.run(step, check=False, stderr=subprocess.DEVNULL).returncode for step in steps):
            return None
        package = next(folder.glob("docker-*.tar.gz"))
        with tarfile.open(package) as archive:
            archive.extractall(folder, filter="data")
        source = folder / package.name.removesuffix(".tar.gz")
        shutil.rmtree(source / "docker")  # the one that is installed here works with the requests of today
        return _run(source, folder / "libraries", files)


def _run(source: Path, libraries: Path, files: tuple[str, ...]) -> Speed:
    tests = [f"tests/integration/{file}" for file in files] or ["tests/integration"]
    with find(RunOptions(dockerd="dockerd")).open() as daemon:
        client = Client(daemon.endpoint)
        for repository, tag in IMAGES:
            query = {"fromSrc": "-", "repo": repository, "tag": tag}
            client.post("/images/create", query, body=make_rootfs(), headers=TAR)
        client.close()
        environment = {
            **os.environ,
            "DOCKER_HOST": f"unix://{daemon.endpoint.path}",
            "PYTHONPATH": str(libraries),
        }
        options = ["-q", "-c", os.devnull, "--rootdir", str(source), f"--timeout={PATIENCE}"]
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=source,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    passed = re.search(r"(\d+) passed", done.stdout)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Speed(int(passed[1]) if passed else 0, wall, processor)
