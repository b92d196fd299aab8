"""Makes the helpers beside the tests importable, and has what several of them ask for."""

import os
import signal
import sys
from pathlib import Path

import pytest

from conformance.cli import main as cli

sys.path[:0] = [str(Path(__file__).parent / "support"), str(Path(__file__).parents[1] / "suites")]


@pytest.fixture(scope="session", autouse=True)
def _children_hear_signals():
    """What nohup or a job in the background shut off would be shut off in children too; a handler is not handed on."""
    deaf = [n for n in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(n) is signal.SIG_IGN]
    for number in deaf:
        signal.signal(number, lambda *_: None)
    yield
    for number in deaf:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="session", autouse=True)
def _children_keep_bytecode():
    """Many tests start the command line in a process of its own, and without bytecode that takes twice as long."""
    before = os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    yield
    if before is not None:
        os.environ["PYTHONDONTWRITEBYTECODE"] = before


@pytest.fixture(scope="session", autouse=True)
def _commands_share_a_cache(tmp_path_factory):
    """What commands keep between two calls lies in a folder of these tests, not among what the user's own runs left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def state(tmp_path, monkeypatch):
    """A state directory of the test's own, for the ledgers of what it creates."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def command(capsys, tmp_path, monkeypatch):
    """Calls the command line in the test's own directory: exit code, and what it wrote to stdout and to stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*argv):
        try:
            code = cli.main([str(word) for word in argv])
        except SystemExit as end:  # --help and --version end argparse
            code = end.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call
