"""One process for all versions: each attachment has its own answer, and one that goes wrong spoils no other."""

import threading

import pytest
from emulated import HIJACKED, Engine, on_engine
from hostile.daemon import response

from conformance.environment import shared_attach
from conformance.environment.shared_attach import attach_together
from conformance.http.errors import Refused
from conformance.model.errors import ConnectionLost

LINE = b"go\n"
REFUSAL = response(b"no", "500 Internal Server Error")


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(shared_attach, "_PATIENCE", 2.5)


class Process:
    """Waits for `lines` lines from whoever is attached, then tells each its version; `first` is what a version meets."""

    def __init__(self, lines, first=None):
        self._gone = threading.Event()
        self._counting = threading.Lock()
        self._left = lines
        self._first = first or {}
        self.attached = []

    def attach(self, version, name, connection):
        self.attached.append(version)
        if version in self._first:
            self._first.pop(version)(connection)
            return
        connection.sendall(HIJACKED)
        come = connection.recv(4096).count(LINE)
        with self._counting:
            self._left -= come
            if self._left <= 0:
                self._gone.set()
        self._gone.wait(5)
        connection.sendall(f"heard in {version}".encode())
        connection.close()


def listen(folder, process):
    """What each of two versions is told, or why it is not, with how many exchanges that is in its transcript."""
    found = {}
    with on_engine(folder, Engine(process.attach)) as env:
        readers = [env.client.at(version).alone() for version in ("1.19", "1.20")]
        events = attach_together(env, readers, "echo said", {"stream": 1})
        for reader in readers:
            try:
                said = events.answer(reader).text
            except (ConnectionLost, Refused) as fault:
                said = type(fault)
            found[str(reader.version)] = (said, len(reader.transcript))
    return found


def test_each_version_has_its_own_answer_in_its_own_transcript(tmp_path):
    process = Process(lines=2)

    assert listen(tmp_path, process) == {"1.19": ("heard in 1.19", 1), "1.20": ("heard in 1.20", 1)}
    assert sorted(process.attached) == ["1.19", "1.20"], "nothing had to be made up for"


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (lambda connection: connection.sendall(REFUSAL), Refused),
        (lambda connection: connection.close(), ConnectionLost),
    ],
    ids=["refused", "hung up on"],
)
def test_a_version_that_is_not_attached_spoils_no_other(tmp_path, trouble, told):
    process = Process(lines=2, first={"1.20": trouble})

    assert listen(tmp_path, process) == {"1.19": ("heard in 1.19", 1), "1.20": (told, 1)}
    assert process.attached.count("1.21") == 1, "the environment wrote the line that was missing"
