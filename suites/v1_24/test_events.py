"""GET /events, as API v1.24 changed it: leaving a container or an exec, and the daemon's own reload."""

import os
import signal
import time
from typing import NamedTuple

import pytest

from conformance import at, since
from conformance.testing import share_while_remembered, time_before_now
from fixtures.events import end_period


def detach(stream):
    """Leave a process whose terminal is at the other end of `stream` by the keys ctrl-p and ctrl-q, one after the other."""
    stream.send(b"\x10")
    time.sleep(0.2)
    stream.send(b"\x11")
    stream.rest(10)


def leave_container(env):
    name = env.create_container("cat", start=True, Tty=True, OpenStdin=True, StopSignal="SIGKILL")
    with env.client.hijack(
        "POST", f"/containers/{name}/attach", {"stream": 1, "stdin": 1, "stdout": 1}
    ) as attached:
        detach(attached)
    return (env.get(f"/containers/{name}/json")["Id"],)


def leave_exec(env):
    name = env.create_container("sleep", "86400", start=True, StopSignal="SIGKILL")
    instance = env.create_exec(name, "cat", Tty=True, AttachStdin=True)
    with env.client.hijack("POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": True}) as started:
        detach(started)
    return (env.get(f"/containers/{name}/json")["Id"],)


@since("1.24/events-detach")
def test_leaving_a_container_is_reported(record_events):
    (container,), events = record_events("/events", leave_container)

    assert "detach" in events.actions(container, until="detach")


@since("1.24/events-exec-detach")
def test_leaving_an_exec_is_reported(record_events):
    (container,), events = record_events("/events", leave_exec)

    assert "exec_detach" in events.actions(container, until="exec_detach")


@pytest.fixture
def reload_daemon(daemon):
    """Has the daemon that this run has started read its configuration anew; gives its id and name."""

    def reload(env):
        os.kill(daemon.pid, signal.SIGHUP)
        document = env.get("/info")
        return document["ID"], document["Name"]

    return reload


@since("1.24/events-daemon-reload")
def test_reading_the_configuration_anew_is_reported(record_events, reload_daemon):
    (identity, name), events = record_events("/events", reload_daemon)

    reload = next(
        (event for event in events.about(identity, name, until="reload") if at(event, "Action") == "reload"),
        None,
    )
    assert reload is not None, "no event tells of it"
    assert at(reload, "Type") == "daemon"


class Reloaded(NamedTuple):
    """The id and the name of a daemon that has read its configuration anew, and a query for the time in which it did."""

    id: str
    name: str
    query: dict[str, int]


@pytest.fixture
def reloaded(env, reload_daemon):
    """The daemon has read its configuration anew, and a container has come."""

    def make():
        since = time_before_now(env)
        identity, name = reload_daemon(env)
        env.create_container()
        return Reloaded(identity, name, {"since": since, "until": end_period(env)})

    return share_while_remembered(env, "reloaded daemon", make, lambda made: (made.query["since"], made.id))


@since("1.24/events-filter-daemon")
@pytest.mark.parametrize("by", ["name", "id"])
def test_only_events_of_the_daemon_come(api, reloaded, by):
    value = reloaded.name if by == "name" else reloaded.id

    events = api.get("/events", {**reloaded.query, "filters": {"daemon": [value]}}).messages()

    assert "reload" in [at(event, "Action") for event in events]
    assert all(at(event, "Type") == "daemon" for event in events), events


@since("1.24/events-filter-daemon")
def test_no_events_of_another_daemon_come(api, reloaded):
    answer = api.get("/events", {**reloaded.query, "filters": {"daemon": ["nosuch"]}})

    assert answer.messages() == []
