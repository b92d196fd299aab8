"""GET /events: the stream itself, and what part of it is asked for."""

import math
import time

import pytest

from conformance import at, since
from conformance.environment.event_recorder import Watch
from conformance.testing import FixtureError, events_about, read_clock, time_before_now, with_steady_clock


def identity(env, name):
    return env.get(f"/containers/{name}/json")["Id"]


def next_event(env, stream):
    """The first event of a container made from now on; None when the stream ends or none comes in five seconds."""
    ends = time.monotonic() + 5
    made = []
    while time.monotonic() < ends and not stream.response.complete:
        made.append(identity(env, env.create_container()))
        for event in stream.messages(0.1):
            if events_about([event], *made):
                return event
    return None


@since("general/events-stream")
def test_an_event_comes_when_it_happens(api, env):
    with api.stream("GET", "/events") as stream:
        assert stream.response.status == 200
        first, second = next_event(env, stream), next_event(env, stream)

    assert first is not None, "no event of a new container came"
    assert second is not None, "no event of a container made after that came"
    assert not stream.response.complete


@since("general/events-since-goes-on")
def test_new_events_follow_those_since_then(api, env):
    begun = time_before_now(env)
    name = env.create_container()
    container = identity(env, name)

    with api.stream("GET", "/events", {"since": begun}) as stream:
        assert stream.response.status == 200
        past = next((event for event in stream.messages(5) if events_about([event], container)), None)
        env.remove("container", name)
        new = next((event for event in stream.messages(5) if events_about([event], container)), None)

    assert past is not None, "the event of a container made before does not come"
    assert new is not None, "the event of its removal does not follow"


class Border:
    """A second's beginning with containers made before and after it, and the streams that were asked about it."""

    def __init__(self, env, clients):
        for lead in (0.12, 0.24, 0.5, 1.0):
            self.moment = math.floor(read_clock(env) + 1.3 + lead)
            self.open = {api.version: ask(api, since=self.moment - 2, until=self.moment) for api in clients}
            wait(env, self.moment - lead - 0.25)
            self.early = identity(env, env.create_container())
            wait(env, self.moment - lead)
            self.before = identity(env, env.create_container())
            wait(env, self.moment + 0.01)
            self.late = identity(env, env.create_container())
            # whether until lets the rest of its own second through is not said
            wait(env, self.moment + 1.01)
            self.later = identity(env, env.create_container())
            if self._parted(env):
                break
        else:
            raise FixtureError("no two containers could be made on the two sides of a second's beginning")
        self.since = {api.version: ask(api, self.late, since=self.moment) for api in clients}
        self.past = {api.version: ask(api, since=self.moment - 1, until=self.moment) for api in clients}
        for watch in (*self.open.values(), *self.since.values(), *self.past.values()):
            watch.finish()

    def _parted(self, env):
        told = ask(env.client, self.late, since=self.moment - 1).answer(env.client).messages()
        times = [
            at(event, "time") for name in (self.before, self.late) for event in events_about(told, name)[:1]
        ]
        return len(times) == 2 and times[0] < self.moment <= times[1]


def ask(api, needle=None, **query):
    enough = (lambda body: needle.encode() in body) if needle else (lambda _: False)
    return Watch(api, "/events", query, enough=enough, seconds=6)


def wait(env, moment):
    time.sleep(min(max(moment - read_clock(env), 0), 3))


@pytest.fixture
def border(env, clients):
    return env.share(
        "events around a second's beginning", lambda: with_steady_clock(env, lambda: Border(env, clients))
    )


def has_events(answer, *names):
    events = answer.messages()
    return [bool(events_about(events, name)) for name in names]


@since("general/events-since")
def test_since_leaves_earlier_events_out(api, border):
    answer = border.since[api.version].answer(api)

    assert has_events(answer, border.before, border.late) == [False, True]


@since("general/events-until")
def test_until_a_time_past_ends_the_answer_and_leaves_later_events_out(api, border):
    answer = border.past[api.version].answer(api)

    assert has_events(answer, border.before, border.later) == [True, False]
    assert answer.complete, "the daemon is to end the answer"


@since("general/events-until")
def test_until_a_time_to_come_ends_the_stream_then(api, border):
    answer = border.open[api.version].answer(api)

    assert has_events(answer, border.early, border.later) == [True, False]
    assert answer.complete, "the daemon is to end the answer"


@since("general/events-bad-parameter")
@pytest.mark.parametrize(
    "query", [{"since": "nonsense", "until": "2"}, {"until": "nonsense"}], ids=["since", "until"]
)
def test_a_time_that_is_none_is_refused(api, query):
    with api.stream("GET", "/events", query) as stream:
        status = stream.response.status

    assert status >= 400
    assert api.get("/_ping").status == 200
