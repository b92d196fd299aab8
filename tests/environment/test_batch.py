"""Requests that are sent as one: which members travel together, and what happens when the daemon refuses them."""

import pytest
from emulated import Engine, environment_on

from conformance.environment.batch import Batch, Sent, look_at_effect, refusal_unless
from conformance.http.messages import Response

GROUP = {"HostConfig": {"Memory": 1, "CpuShares": 2}}


class Answered:
    """An exchange that has its answer."""

    def __init__(self, status):
        self._answer = Response(status, body=b"refused" if status >= 400 else b"")
        self.readers = []

    def wait(self):
        return self._answer

    def answer(self, reader):
        self.readers.append(reader)
        return self._answer


@pytest.fixture
def env(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with environment_on(tmp_path, Engine()) as env:
        yield env


@pytest.fixture
def batch(env):
    """A batch on a daemon that refuses the members in `refused`; `sent` are the members of each request."""

    class Recorded(Batch):
        sent, refused = [], set()

    def send(path, members):
        Recorded.sent.append(members)
        status = 400 if Recorded.refused & set(members["HostConfig"]) else 201
        return look_at_effect(Answered(status), refusal_unless(201), lambda: dict(members["HostConfig"]))

    return Recorded(env, env.client, "batch", [GROUP], send)


def test_members_of_a_group_are_sent_once_together(batch):
    effects = [batch.post("/x", HostConfig={"Memory": 1}), batch.post("/x", HostConfig={"CpuShares": 2})]

    assert batch.sent == [GROUP]
    assert effects == [GROUP["HostConfig"]] * 2


@pytest.mark.parametrize("host", [{"Memory": 7}, {"Other": 1}, {"Memory": 1, "Other": 1}, {"Memory": True}])
def test_other_members_are_sent_alone(batch, host):
    assert batch.post("/x", HostConfig=host) == host
    assert batch.sent == [{"HostConfig": host}]


def test_members_are_sent_alone_when_the_group_is_refused(batch):
    batch.refused.add("CpuShares")

    assert batch.post("/x", HostConfig={"Memory": 1}) == {"Memory": 1}
    assert batch.sent == [GROUP, {"HostConfig": {"Memory": 1}}]


def test_members_that_are_refused_alone_fail_the_check(batch):
    batch.refused.add("Memory")

    with pytest.raises(AssertionError, match="expected status 201, got 400: refused"):
        batch.post("/x", HostConfig={"Memory": 1})


def test_each_reader_has_the_exchange_in_its_transcript(env):
    exchange = Answered(201)
    batch = Batch(env, env.client, "batch", [GROUP], lambda path, members: Sent(exchange, "effect"))

    batch.post("/x", HostConfig={"Memory": 1})
    batch.post("/x", HostConfig={"Memory": 1})

    assert exchange.readers == [env.client] * 2


def test_an_effect_that_cannot_be_seen_fails_the_check(env):
    def look():
        raise AssertionError("the process did not start")

    batch = Batch(
        env,
        env.client,
        "batch",
        [],
        lambda path, members: look_at_effect(Answered(201), refusal_unless(201), look),
    )

    with pytest.raises(AssertionError, match="the process did not start"):
        batch.post("/x", Memory=1)
