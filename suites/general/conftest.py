"""The stage of the streams: containers that have spoken and run on, and containers that listen."""

import pytest

from conformance.errors import Unavailable
from conformance.stage import processes
from conformance.stage.processes import ENDLESS, spoken


@pytest.fixture
def talker(stage):
    """The name of a container that runs, and has written ``out`` and ``err``, a line to each stream."""
    return processes.talker(stage)


@pytest.fixture
def terminal_talker(stage):
    """The name of a container with a terminal that runs, and has written the line ``out``."""
    script = "test -t 1 && echo out; exec sleep 86400"
    return stage.shared("terminal talker", lambda: spoken(stage, b"out", b"", "sh", "-c", script, Tty=True))


@pytest.fixture
def listener(stage):
    """Starts a container of this check's own that reads its standard input; returns its name."""

    def start(script, **members):
        return stage.container("sh", "-c", script, start=True, OpenStdin=True, **ENDLESS, **members)

    return start


@pytest.fixture
def past(stage):
    """The name of a container of this check's own: it has written ``early`` and waits for a line to write ``late``."""
    return spoken(stage, b"early\n", b"", "sh", "-c", "echo early; read go; echo late", OpenStdin=True)


@pytest.fixture
def half_close(daemon):
    """Says that a connection to this daemon can be closed in one direction."""
    if daemon.endpoint.tls is not None:
        raise Unavailable("a TLS connection has no half-close")
