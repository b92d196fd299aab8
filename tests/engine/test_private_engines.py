"""Further engines of the build under test: started when asked for, shared, replaced when they die, ended with the worker."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from hostile.running import Live
from needs import DOCKERD

from conformance.engine.private.daemon import answers
from conformance.engine.targets import Target
from conformance.environment.ledger import new_run, outstanding
from conformance.environment.test_image import TestImage
from conformance.environment.wait import becomes_true
from conformance.http.client import Client
from conformance.model.errors import Unavailable
from conformance.model.versions import ApiVersion
from conformance.runner import private_engines
from conformance.runner.access import Access
from conformance.runner.plan import Plan
from conformance.runner.private_engines import PrivateEngines

pytestmark = [pytest.mark.engine, DOCKERD]


@pytest.fixture(scope="module")
def daemon():
    """The daemon under test."""
    target = Target("dockerd", "for the tests", binary=shutil.which("dockerd"), with_registry=False)
    with target.open() as daemon:
        yield daemon


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return new_run("unix:///x")


@pytest.fixture
def engines(daemon, run):
    plan = Plan(daemon=daemon, versions=[ApiVersion(1, 41)], run=run, image=TestImage("i", "i"))
    engines = PrivateEngines(plan, "main", Client(daemon.endpoint), Access)
    yield engines
    engines.close()


def test_an_engine_is_another_daemon_with_the_test_image_and_is_shared(engines, daemon):
    engine = engines.get("swarm")

    assert engines.get("swarm") is engine
    assert engine.daemon.identity.id != daemon.identity.id
    assert engine.env.start_and_wait(engine.env.create_container("echo", "here")).stdout == "here\n"


def test_objects_of_a_check_are_removed_with_it(engines):
    engine = engines.get("spare")
    volume = engine.env.create_volume()

    engines.clear()

    assert engine.env.client.get(f"/volumes/{volume}").status == 404
    assert engine.env.client.get(f"/images/{engine.env.image}/json").status == 200


def test_nothing_is_looked_for_elsewhere_when_an_engine_has_ended(engines, run):
    engines.get("spare").env.create_volume()

    engines.close()

    assert outstanding(run) == []


def test_the_engine_that_was_asked_for_the_longest_time_ago_ends_when_there_are_many(engines, monkeypatch):
    monkeypatch.setattr(private_engines, "_MOST", 2)
    first, second = engines.get("first"), engines.get("second")
    engines.clear()

    assert engines.get("first") is first
    third = engines.get("third")

    assert [answers(engine.daemon.endpoint) for engine in (first, second, third)] == [True, False, True]
    assert engines.get("second") is not second


def test_an_engine_that_died_is_replaced(engines):
    first = engines.get("spare")
    os.kill(first.daemon.pid, signal.SIGKILL)
    becomes_true(lambda: not answers(first.daemon.endpoint))

    engines.clear()

    assert engines.get("spare").env.get("/info")


def test_an_engine_that_cannot_be_set_up_is_unavailable_with_its_own_words(engines):
    calls = []

    def prepare(env):
        calls.append(1)
        env.post("/swarm/init", json={"ListenAddr": "nowhere"})

    for _ in range(2):
        with pytest.raises(Unavailable, match=r"^a further engine for swarm: .*swarm/init was refused with"):
            engines.get("swarm", prepare=prepare)
    assert calls == [1]


def test_a_build_that_does_not_start_is_unavailable_with_its_last_line(engines):
    with pytest.raises(Unavailable, match=r"a further engine for nothing: .*--no-such-option"):
        engines.get("nothing", ["--no-such-option"])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_all_engines_end_with_the_run(tmp_path, number):
    arguments = ("--dockerd", "dockerd", "--every-version", "--change", "1.25/secrets-list")
    with Live(*arguments, folder=tmp_path) as live:

        def supervisors():
            return subprocess.run(
                ["pgrep", "-P", str(live.process.pid), "-f", "supervisor"],
                capture_output=True,
                text=True,
                check=False,
            ).stdout.split()

        becomes_true(lambda: len(supervisors()) == 2 or live.process.poll() is not None, 30)
        helpers = supervisors()
        assert len(helpers) == 2, live.output
        time.sleep(0.3)
        live.process.send_signal(number)
        live.wait(30)

    assert becomes_true(lambda: not any(Path("/proc", pid).exists() for pid in helpers), 15)


def test_an_engine_is_restarted_with_its_data_once_it_is_set_up(engines):
    created = []

    engine = engines.get("restarted", prepare=lambda env: created.append(env.create_volume()), restart=True)

    assert engine.env.get(f"/volumes/{created[0]}")["Name"] == created[0]
    assert (engine.daemon.root / "etc").is_dir()
    log = Path(engine.daemon.private.log).read_text()
    assert log.count("API listen on") == 2
    engines.clear()
    assert engines.get("restarted") is engine
