"""The ledger: which objects a run is about to create and which it has removed, on disk before the request is sent.

A run has a folder below the state directory with ``run.json`` (whose process, which daemon, which prefix) and one file
per process. After a kill, the ledger is what ``clean`` goes by.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

PREFIX = "dockerconf-"
LABEL = "docker-conformance.run"


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A run: its id, its process (pid and start time, which tell a reused pid apart) and its daemon.

    `registry` is the address of the registry that the user named, if any: images that are pushed there outlive the run.
    """

    run: str
    pid: int
    pid_started: str
    host: str
    tls: bool = False
    registry: str = ""

    @property
    def prefix(self) -> str:
        """The beginning of every name of this run."""
        return f"{PREFIX}{self.run}-"


class LedgerEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """An object by kind and name (or id, where the daemon chose the name); `gone` when it was removed."""

    kind: str
    name: str
    gone: bool = False


def state_directory() -> Path:
    """Where ledgers live: ``$XDG_STATE_HOME/docker-conformance/runs``, by default below ``~/.local/state``."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "docker-conformance" / "runs"


def process_started(pid: int) -> str | None:
    """When a process started, in clock ticks since boot, or None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in ("Z", "X") else fields[19]


def new_run(host: str, *, tls: bool = False, registry: str = "") -> RunInfo:
    """Open a ledger for this process and return its run."""
    pid = os.getpid()
    started = process_started(pid) or ""
    info = RunInfo(
        run=secrets.token_hex(4), pid=pid, pid_started=started, host=host, tls=tls, registry=registry
    )
    folder = state_directory() / info.run
    folder.mkdir(parents=True)
    (folder / "run.json").write_bytes(msgspec.json.encode(info))
    return info


def known_runs() -> list[RunInfo]:
    """All runs that still have a ledger, alive or not."""
    runs = []
    for path in sorted(state_directory().glob("*/run.json")):
        try:
            runs.append(msgspec.json.decode(path.read_bytes(), type=RunInfo))
        except (OSError, msgspec.DecodeError):
            continue
    return runs


class UserRuns(NamedTuple):
    """Ledgers of another user of this host: the user's name, where they are and how many (None: they cannot be read)."""

    user: str
    folder: Path
    amount: int | None


def runs_of_other_users() -> list[UserRuns]:
    """The ledgers of other users, and the users whose ledgers this user may not read."""
    found = []
    own = {state_directory().resolve(), _default_directory(Path.home()).resolve()}
    for user in {entry.pw_dir: entry for entry in pwd.getpwall()}.values():
        folder = _default_directory(Path(user.pw_dir))
        with suppress(OSError):
            amount = _count_runs(folder) if folder.resolve() not in own else 0
            if amount != 0:
                found.append(UserRuns(user.pw_name, folder, amount))
    return found


def _count_runs(folder: Path) -> int | None:
    """The number of ledgers in a directory; None where it cannot be read."""
    try:
        return sum((run / "run.json").exists() for run in folder.iterdir())
    except FileNotFoundError:
        return 0
    except PermissionError:
        return None


def _default_directory(home: Path) -> Path:
    return home / ".local" / "state" / "docker-conformance" / "runs"


def is_alive(info: RunInfo) -> bool:
    """Whether the run's own process still runs."""
    return bool(info.pid_started) and process_started(info.pid) == info.pid_started


def recorded(info: RunInfo) -> list[LedgerEntry]:
    """All entries that the processes of a run wrote, in the order of each process."""
    entries = []
    for path in sorted((state_directory() / info.run).glob("*.jsonl")):
        lines: list[bytes] = []
        with suppress(FileNotFoundError):  # a run that is ending removes its ledger
            lines = path.read_bytes().splitlines()
        for line in lines:
            # The last line of a killed process may be incomplete: its object was not created.
            with suppress(msgspec.DecodeError):
                entries.append(msgspec.json.decode(line, type=LedgerEntry))
    return entries


def outstanding(info: RunInfo) -> list[LedgerEntry]:
    """The objects that a run created, or was about to create, and has not removed; in order of creation."""
    entries: dict[tuple[str, str], LedgerEntry] = {}
    for entry in recorded(info):
        if entry.gone:
            entries.pop((entry.kind, entry.name), None)
        else:
            entries[entry.kind, entry.name] = entry
    return list(entries.values())


def names_of_runs() -> set[str]:
    """All names in the ledgers of all runs, those of removed objects too."""
    return {entry.name for info in known_runs() for entry in recorded(info)}


def forget(info: RunInfo) -> None:
    """Remove the ledger of a run; for runs without outstanding objects."""
    shutil.rmtree(state_directory() / info.run, ignore_errors=True)


class Ledger:
    """The ledger of one process of a run. Each line is written before the request for its object is sent."""

    def __init__(self, info: RunInfo, process: str) -> None:
        self.info = info
        self._process = process
        folder = state_directory() / info.run
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(folder / f"{process}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._open: dict[tuple[str, str], bool] = {}

    def apart(self, name: str) -> Ledger:
        """Another ledger of the same process, for a thread."""
        return Ledger(self.info, f"{self._process}-{name}")

    def will_create(self, kind: str, name: str) -> None:
        """Record an object that is about to be created, or one that the daemon has just named."""
        self._open[kind, name] = False
        os.write(self._file, msgspec.json.encode(LedgerEntry(kind, name)) + b"\n")

    def note(self, kind: str, name: str) -> None:
        """Record an object that is not on the daemon, such as a tag at a registry; its creator removes it."""
        os.write(self._file, msgspec.json.encode(LedgerEntry(kind, name)) + b"\n")

    def gone(self, kind: str, name: str) -> None:
        """Record that an object was removed."""
        self._open.pop((kind, name), None)
        os.write(self._file, msgspec.json.encode(LedgerEntry(kind, name, gone=True)) + b"\n")

    def share(self, kind: str, name: str) -> None:
        """Keep an open object beyond the check that made it."""
        self._open[kind, name] = True

    def opened(self, *, shared: bool = False) -> list[tuple[str, str]]:
        """The objects that exist now, newest first; shared ones only if `shared`."""
        return [row for row, kept in reversed(self._open.items()) if shared or not kept]

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
