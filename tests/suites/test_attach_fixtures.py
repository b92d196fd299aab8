"""Containers that read their input and serve one check after another."""

import pytest
from emulated import HIJACKED, Engine, environment_on

from conformance.http.frames import STDOUT, Frame, multiplex
from fixtures.attach import outlives_clients, shared_reader


@pytest.fixture(autouse=True)
def short_wait(state, monkeypatch):
    monkeypatch.setattr("fixtures.attach.OUTLIVES_AFTER", 0.0)


def echo(version, name, connection):
    connection.sendall(HIJACKED)
    while data := connection.recv(4096):
        connection.sendall(multiplex([Frame(STDOUT, data)]))


def test_a_reader_that_runs_on_serves_the_next_check(tmp_path):
    with environment_on(tmp_path, Engine(echo)) as env:
        assert shared_reader(env, "echo", "cat") == shared_reader(env, "echo", "cat")


def test_a_reader_that_ended_is_replaced(tmp_path):
    engine = Engine(echo)
    with environment_on(tmp_path, engine) as env:
        first = shared_reader(env, "echo", "cat")
        engine.running.discard(first)
        second = shared_reader(env, "echo", "cat")

        assert second != first
        assert shared_reader(env, "echo", "cat") == second


def test_where_a_leaving_client_ends_the_process_each_check_has_its_own_reader(tmp_path):
    def attach(version, name, connection):
        echo(version, name, connection)
        engine.running.discard(name)

    engine = Engine(attach)
    with environment_on(tmp_path, engine) as env:
        outlives_clients(env)
        engine.running.clear()

        assert shared_reader(env, "echo", "cat") != shared_reader(env, "echo", "cat")


def test_where_attaching_fails_each_check_has_its_own_reader(tmp_path):
    with environment_on(tmp_path, Engine(lambda version, name, connection: connection.close())) as env:
        assert shared_reader(env, "echo", "cat") != shared_reader(env, "echo", "cat")
