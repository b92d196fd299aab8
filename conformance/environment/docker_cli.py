"""Run the docker CLI against the daemon under test through a recording proxy."""

from __future__ import annotations

import shutil
import subprocess
from typing import NamedTuple

from conformance.engine import tempdir
from conformance.engine.docker_config import cli_environment
from conformance.environment.recording_proxy import RecordingProxy
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Exchange
from conformance.model.errors import FixtureError, Unavailable
from conformance.model.versions import ApiVersion

_TIMEOUT = 60


class RecordedRun(NamedTuple):
    """One run of the CLI: its standard output, and the exchange that opened the stream."""

    output: bytes
    exchange: Exchange


def run_docker_cli(
    endpoint: Endpoint, version: ApiVersion, path: str, *args: str, sent: bytes = b""
) -> RecordedRun:
    """Run ``docker`` with `args` in API `version` and `sent` as input; find its request whose path ends in `path`.

    Raises Unavailable when the CLI sends no request in that version, FixtureError when it does not send that request.
    """
    with tempdir.directory() as directory, RecordingProxy(endpoint) as proxy:
        environment = cli_environment(proxy.path, version, directory)
        command = [shutil.which("docker") or "docker", *args]
        try:
            ran = subprocess.run(
                command, env=environment, input=sent, capture_output=True, timeout=_TIMEOUT, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise FixtureError(f"docker {args[0]} timed out after {_TIMEOUT} s") from error
        exchanges = proxy.exchanges()
    words = " ".join(ran.stderr.decode("utf-8", "replace").split())
    if not any(exchange.request.target.startswith(f"/v{version}/") for exchange in exchanges):
        raise Unavailable(
            f"the docker CLI does not speak API {version}: {words or f'exit code {ran.returncode}'}"
        )
    for exchange in exchanges:
        if exchange.request.path.endswith(path) and exchange.response is not None:
            return RecordedRun(ran.stdout, exchange)
    raise FixtureError(f"docker {args[0]} did not send a POST to ...{path}: {words}")
