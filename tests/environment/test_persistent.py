"""What many checks use one after another: kept as long as it lives, replaced when it came to harm."""

import pytest
from staged import HIJACKED, Engine, staged

from conformance.environment import persistent
from conformance.environment.outcomes import unharmed
from conformance.model.errors import StageError


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(persistent, "_SOON", 0.0)


def echo(version, name, connection):
    connection.sendall(HIJACKED)
    while data := connection.recv(4096):
        connection.sendall(data)


def test_a_mirror_that_lives_serves_the_next_check(tmp_path):
    with staged(tmp_path, Engine(echo)) as stage:
        assert persistent.mirror(stage) == persistent.mirror(stage)


def test_a_mirror_that_was_ended_gets_a_successor(tmp_path):
    engine = Engine(echo)
    with staged(tmp_path, engine) as stage:
        first = persistent.mirror(stage)
        engine.running.discard(first)
        second = persistent.mirror(stage)

        assert second != first
        assert persistent.mirror(stage) == second


def test_where_who_leaves_ends_the_process_each_check_has_its_own(tmp_path):
    def attach(version, name, connection):
        echo(version, name, connection)
        engine.running.discard(name)

    engine = Engine(attach)
    with staged(tmp_path, engine) as stage:
        persistent.begin(stage)
        engine.running.clear()

        assert persistent.mirror(stage) != persistent.mirror(stage)


def test_where_attaching_goes_wrong_each_check_has_its_own(tmp_path):
    with staged(tmp_path, Engine(lambda version, name, connection: connection.close())) as stage:
        assert persistent.mirror(stage) != persistent.mirror(stage)


def test_what_never_lasts_is_no_stage(tmp_path):
    made = []
    with staged(tmp_path, Engine(echo)) as stage:
        with pytest.raises(StageError, match="'straw': 3 in a row did not last"):
            stage.lasting("straw", lambda: made.append(1), lambda _: False, most=3)

    assert len(made) == 3


@pytest.mark.parametrize("running", [True, False])
def test_a_container_that_came_to_harm_gets_a_successor(tmp_path, running):
    engine = Engine(echo)
    with staged(tmp_path, engine) as stage:
        first = unharmed(stage, running=running)
        assert unharmed(stage, running=running) == first

        (engine.running.discard if running else engine.running.add)(first)

        assert unharmed(stage, running=running) != first


def test_a_purpose_has_a_container_of_its_own(tmp_path):
    with staged(tmp_path, Engine(echo)) as stage:
        assert unharmed(stage, running=False) != unharmed(stage, running=False, only_for="this")
