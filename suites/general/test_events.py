"""GET /events: the stream, and the parameters since and until."""

import math
import time
from typing import NamedTuple

import pytest

from conformance import assert_alive, assert_status, at, early, since
from conformance.testing import (
    FixtureError,
    JsonStreamReader,
    SharedStream,
    becomes_true,
    events_about,
    parse_json,
    read_clock,
    share_while_remembered,
    time_before_now,
    with_steady_clock,
)


def read_id(env, name):
    return env.get(f"/containers/{name}/json")["Id"]


def next_event(env, stream):
    """The first event of a container created from now on; None when the stream ends or none comes in five seconds."""
    ends = time.monotonic() + 5
    made = []
    while time.monotonic() < ends and stream.is_running():
        made.append(read_id(env, env.create_container()))
        if becomes_true(lambda: find_events(stream, made), 0.1):
            return find_events(stream, made)[0]
    return None


def find_events(stream, containers):
    events = [parse_json(text) for text in JsonStreamReader().feed(stream.body)]
    return events_about(events, *containers)


@since("general/events-stream")
def test_an_event_comes_when_it_happens(api, env):
    # Some engines send even the head of the answer with the first event only.
    stream = SharedStream(api, "/events")
    first, second = next_event(env, stream), next_event(env, stream)
    goes_on = stream.is_running()
    stream.leave(after=0)

    assert_status(stream.answer(api), 200)
    assert first is not None, "expected an event of a new container, got none"
    assert second is not None, "expected an event of the next container, got none"
    assert goes_on, "the daemon ended the stream"


@since("general/events-since-goes-on")
def test_new_events_follow_those_since_then(api, env):
    begun = time_before_now(env)
    name = env.create_container()
    container = read_id(env, name)

    with api.stream("GET", "/events", {"since": begun}) as stream:
        assert_status(stream.response, 200)
        past = next((event for event in stream.messages(5) if events_about([event], container)), None)
        env.remove("container", name)
        new = next((event for event in stream.messages(5) if events_about([event], container)), None)

    assert past is not None, "expected the event of a container made before, got none"
    assert new is not None, "expected the event of its removal after that, got none"


class Border(NamedTuple):
    """The beginning of a second, and the ids of a container created just before it and of two created after it.

    `late` was created in that second and `later` in the next one: whether ``until`` includes its own second is not
    documented.
    """

    moment: int
    before: str
    late: str
    later: str


@pytest.fixture
def border(env):
    def make():
        return with_steady_clock(env, lambda: make_border(env))

    return share_while_remembered(
        env, "a second's beginning", make, lambda made: (made.moment - 1, made.before)
    )


def make_border(env):
    for lead in (0.12, 0.24, 0.5, 1.0):
        moment = math.floor(read_clock(env) + 1.3 + lead)
        sleep_until(env, moment - lead)
        before = read_id(env, env.create_container())
        sleep_until(env, moment + 0.01)
        late = read_id(env, env.create_container())
        if is_between(env, moment, before, late):
            sleep_until(env, moment + 1.01)
            return Border(moment, before, late, later=read_id(env, env.create_container()))
    raise FixtureError("no two containers were created on the two sides of a second's beginning")


def is_between(env, moment, before, late):
    """Whether the events of two containers have times before and after `moment`."""
    query = {"since": moment - 1}
    events = (
        SharedStream(env.client, "/events", query, enough=has(late), seconds=6).answer(env.client).messages()
    )
    times = [
        at(event, "time") for container in (before, late) for event in events_about(events, container)[:1]
    ]
    return len(times) == 2 and times[0] < moment <= times[1]


def sleep_until(env, moment):
    time.sleep(min(max(moment - read_clock(env), 0), 10))


def has(container):
    return lambda body: container.encode() in body


def has_events(answer, *containers):
    events = answer.messages()
    return [bool(events_about(events, container)) for container in containers]


@since("general/events-since")
def test_since_leaves_earlier_events_out(border, stream_in_every_version):
    answer = stream_in_every_version("/events", {"since": border.moment}, enough=has(border.late), seconds=6)

    assert has_events(answer, border.before, border.late) == [False, True]


@since("general/events-until")
def test_until_a_time_past_ends_the_answer_and_leaves_later_events_out(border, stream_in_every_version):
    query = {"since": border.moment - 1, "until": border.moment}

    answer = stream_in_every_version("/events", query, enough=has(border.later), seconds=6)

    assert has_events(answer, border.before, border.later) == [True, False]
    assert answer.complete, "the daemon did not end the answer"


@early
@since("general/events-until-to-come")
def test_until_a_time_to_come_ends_the_stream_then(api, env):
    def stream_until_then():
        for seconds in (2, 4, 8):
            now = math.floor(read_clock(env))
            stream = SharedStream(api, "/events", {"since": now, "until": now + seconds})
            first = read_id(env, env.create_container(HostConfig={"NetworkMode": "none"}))
            if read_clock(env) > now + seconds - 0.5:
                stream.leave(after=0)
                continue  # too late on a host under load: the next stream goes on for longer
            sleep_until(env, now + seconds + 1.01)
            later = read_id(env, env.create_container(HostConfig={"NetworkMode": "none"}))
            stream.leave(after=3)
            return stream.answer(api), first, later
        raise FixtureError("no container was created in time")

    answer, first, later = with_steady_clock(env, stream_until_then)

    assert has_events(answer, first, later) == [True, False]
    assert answer.complete, "the daemon did not end the stream"


@since("general/events-bad-parameter")
@pytest.mark.parametrize(
    "query", [{"since": "nonsense", "until": "2"}, {"until": "nonsense"}], ids=["since", "until"]
)
def test_a_time_that_is_none_is_refused(api, query):
    with api.stream("GET", "/events", query) as stream:
        status = stream.response.status

    assert status >= 400
    assert_alive(api)
