"""The guard, on a scripted daemon: what it asks for, and what it notices without asking."""

from scripted import read_head, scripted

from conformance.engine.identity import Daemon, HostFacts, Identity
from conformance.model.versions import ApiVersion
from conformance.runner import watchdog
from conformance.runner.watchdog import DaemonWatchdog

PONG = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


def guard_of(endpoint):
    return DaemonWatchdog(
        Daemon(
            target="x",
            sentence="why",
            endpoint=endpoint,
            identity=Identity(name="x", version="1", newest=ApiVersion(1, 2), oldest=ApiVersion(1, 1)),
            host=HostFacts(source="told"),
            capabilities={},
        ),
        patience=0.5,
    )


def test_an_open_connection_says_enough_for_a_while(tmp_path):
    asked = []

    def lives_on(connection):
        while read_head(connection):
            asked.append("")
            connection.sendall(PONG)

    with scripted(tmp_path, lives_on) as endpoint:
        guard = guard_of(endpoint)
        troubles = [guard.trouble() for _ in range(20)]
        before = len(asked)
        guard.trouble(thorough=True)
        guard.close()

    assert troubles == [""] * 20
    assert before == 1
    assert len(asked) > before


def test_a_connection_that_was_closed_says_so_at_once(tmp_path):
    heads = []

    def dies(connection):
        if read_head(connection) and not heads:
            heads.append("")
            connection.sendall(PONG)

    with scripted(tmp_path, dies) as endpoint:
        guard = guard_of(endpoint)
        first = guard.trouble()
        while guard._client.is_open():
            pass
        second = guard.trouble()
        guard.close()

    assert first == ""
    assert second.startswith("the daemon stopped answering")


def answers_once(connection):
    if read_head(connection):
        connection.sendall(PONG)


def test_a_service_that_its_socket_starts_again_is_the_same_daemon(tmp_path):
    """So does systemd with that of Podman: it listens itself, and only connections end with the process."""
    with scripted(tmp_path, answers_once) as endpoint:
        guard = guard_of(endpoint)
        troubles = []
        for _ in range(3):
            troubles.append(guard.trouble())
            while guard._client.is_open():
                pass
        guard.close()

    assert troubles == [""] * 3


def test_another_process_behind_the_socket_is_another_daemon(tmp_path, monkeypatch):
    processes = iter((11, 12))
    monkeypatch.setattr(watchdog, "peer_pid", lambda _: next(processes))

    with scripted(tmp_path, answers_once) as endpoint:
        guard = guard_of(endpoint)
        trouble = guard.trouble()
        guard.close()

    assert trouble == "the daemon was restarted (process 11 -> 12)"
