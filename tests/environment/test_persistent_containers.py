"""What many checks use one after another: kept as long as it lives, replaced when it came to harm."""

import pytest
from emulated import HIJACKED, Engine, on_engine

from conformance.environment import persistent_containers
from conformance.environment.container_runs import unchanged_container
from conformance.model.errors import FixtureError


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(persistent_containers, "_SOON", 0.0)


def echo(version, name, connection):
    connection.sendall(HIJACKED)
    while data := connection.recv(4096):
        connection.sendall(data)


def test_a_mirror_that_lives_serves_the_next_check(tmp_path):
    with on_engine(tmp_path, Engine(echo)) as env:
        assert persistent_containers.echo_container(env) == persistent_containers.echo_container(env)


def test_a_mirror_that_was_ended_gets_a_successor(tmp_path):
    engine = Engine(echo)
    with on_engine(tmp_path, engine) as env:
        first = persistent_containers.echo_container(env)
        engine.running.discard(first)
        second = persistent_containers.echo_container(env)

        assert second != first
        assert persistent_containers.echo_container(env) == second


def test_where_who_leaves_ends_the_process_each_check_has_its_own(tmp_path):
    def attach(version, name, connection):
        echo(version, name, connection)
        engine.running.discard(name)

    engine = Engine(attach)
    with on_engine(tmp_path, engine) as env:
        persistent_containers.begin_trial(env)
        engine.running.clear()

        assert persistent_containers.echo_container(env) != persistent_containers.echo_container(env)


def test_where_attaching_goes_wrong_each_check_has_its_own(tmp_path):
    with on_engine(tmp_path, Engine(lambda version, name, connection: connection.close())) as env:
        assert persistent_containers.echo_container(env) != persistent_containers.echo_container(env)


def test_what_never_lasts_is_no_stage(tmp_path):
    made = []
    with on_engine(tmp_path, Engine(echo)) as env:
        with pytest.raises(FixtureError, match="'straw': 3 in a row did not last"):
            env.share_while("straw", lambda: made.append(1), lambda _: False, most=3)

    assert len(made) == 3


@pytest.mark.parametrize("running", [True, False])
def test_a_container_that_came_to_harm_gets_a_successor(tmp_path, running):
    engine = Engine(echo)
    with on_engine(tmp_path, engine) as env:
        first = unchanged_container(env, running=running)
        assert unchanged_container(env, running=running) == first

        (engine.running.discard if running else engine.running.add)(first)

        assert unchanged_container(env, running=running) != first


def test_a_purpose_has_a_container_of_its_own(tmp_path):
    with on_engine(tmp_path, Engine(echo)) as env:
        assert unchanged_container(env, running=False) != unchanged_container(
            env, running=False, purpose="this"
        )
