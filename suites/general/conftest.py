"""The environment of the streams: containers that have spoken and run on, and containers that listen."""

import pytest

from conformance.environment import persistent, processes
from conformance.environment.processes import ENDLESS, spoken
from conformance.environment.shared_attach import attach_together
from conformance.model.errors import Unavailable


@pytest.fixture
def talker(env):
    """The name of a container that runs, and has written ``out`` and ``err``, a line to each stream."""
    return processes.talker(env)


@pytest.fixture
def terminal_talker(env):
    """The name of a container with a terminal that runs, and has written the line ``out``."""
    script = "test -t 1 && echo out; exec sleep 86400"
    return env.shared("terminal talker", lambda: spoken(env, b"out", b"", "sh", "-c", script, Tty=True))


@pytest.fixture
def listener(env):
    """Starts a container of this check's own that reads its standard input; returns its name."""

    def start(script, **members):
        return env.container("sh", "-c", script, start=True, OpenStdin=True, **ENDLESS, **members)

    return start


@pytest.fixture
def mirror(env):
    """The name of a container that writes back what it reads; it may serve other checks too."""
    return persistent.mirror(env)


@pytest.fixture
def terminal_mirror(env):
    """The name of a container with a terminal that writes back the lines it reads; it may serve other checks too."""
    return persistent.terminal_mirror(env)


@pytest.fixture
def answerer(env):
    """The name of a container that writes ``got`` and the line for each that it reads; it may serve other checks too."""
    return persistent.answerer(env)


@pytest.fixture
def told(api, env, clients):
    """Attaches every version to one process, once per worker; gives what this version was told to the process's end."""

    def ask(script, query, past=""):
        key = ("told", script, *query.items(), past)
        return env.shared(key, lambda: attach_together(env, clients, script, query, past)).answer(api)

    return ask


@pytest.fixture
def half_close(daemon):
    """Says that a connection to this daemon can be closed in one direction."""
    if daemon.endpoint.tls is not None:
        raise Unavailable("a TLS connection has no half-close")
