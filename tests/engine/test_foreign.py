"""Nothing of others is touched, nothing of ours stays: on a daemon full of other people's objects, with kills."""

from __future__ import annotations

import difflib
import json
import os
import random
import signal
import time
from pathlib import Path

import pytest
from hostile.running import Live, command
from needs import DOCKERD

from conformance.engine.private.daemon import PrivateDaemon
from conformance.environment.ledger import PREFIX
from conformance.environment.rootfs import make_rootfs
from conformance.http.client import Client
from conformance.http.tar import Member, pack
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.file import read_report

pytestmark = [pytest.mark.engine, DOCKERD]

#: Something of everything that makes objects: containers, execs, images by build, import, commit and tag, volumes named
#: and anonymous, networks, events.
CHANGES = (
    "1.15/exec-start",
    "1.15/save-several-images",
    "1.17/build-label",
    "1.17/rename",
    "1.18/build-cancel",
    "1.18/containers-filter-label",
    "1.20/archive-put",
    "1.20/commit-changes",
    "1.20/inspect-mounts",
    "1.21/build-args",
    "1.21/networks-connect",
    "1.21/networks-create",
    "1.21/volumes-create",
    "1.21/volumes-create-unnamed",
)
SELECTION = ("--api", "1.18-1.21", *(word for change in CHANGES for word in ("--change", change)))
TAR = {"Content-Type": "application/x-tar"}


class Neighbour:
    """Somebody who uses the daemon too: what they have there, and what of it there is to see."""

    def __init__(self, daemon: PrivateDaemon) -> None:
        self.daemon = daemon
        self.client = Client(daemon.endpoint, ApiVersion(1, 41))
        self.fill()

    def ask(self, method: str, path: str, query: dict | None = None, **more):
        answer = self.client.request(method, path, query, **more)
        assert answer.ok, (path, answer.status, answer.error)
        self.client.transcript.clear()
        return answer

    def fill(self) -> None:
        self.ask(
            "POST",
            "/images/create",
            {"fromSrc": "-", "repo": "theirs", "tag": "1"},
            body=make_rootfs(),
            headers=TAR,
        )
        for tag in ("2", "latest"):
            self.ask("POST", "/images/theirs:1/tag", {"repo": "theirs/copy", "tag": tag})
        # one without a name, and one whose name begins like ours
        self.ask("POST", "/images/create", {"fromSrc": "-"}, body=pack(Member("x", b"dangling")), headers=TAR)
        self.ask(
            "POST",
            "/images/create",
            {"fromSrc": "-", "repo": f"{PREFIX}theirs", "tag": "1"},
            body=pack(Member("y")),
            headers=TAR,
        )
        for number in range(3):
            self.ask("POST", "/volumes/create", json={"Name": f"theirs-{number}", "Labels": {"of": "others"}})
            self.ask(
                "POST", "/networks/create", json={"Name": f"theirs-{number}", "Labels": {"of": "others"}}
            )
        for number, cmd in enumerate((["sleep", "86400"], ["sleep", "86400"], ["true"])):
            body = {
                "Image": "theirs:1",
                "Cmd": cmd,
                "Labels": {"of": "others"},
                "HostConfig": {"Binds": [f"theirs-{number}:/data"], "NetworkMode": f"theirs-{number}"},
                "Volumes": {"/anonymous": {}},
                "StopSignal": "SIGKILL",
            }
            self.ask("POST", "/containers/create", {"name": f"theirs-{number}"}, json=body)
            archive = pack(Member("kept", f"content {number}\n".encode()))
            self.ask(
                "PUT", f"/containers/theirs-{number}/archive", {"path": "/data"}, body=archive, headers=TAR
            )
            self.ask(
                "PUT", f"/containers/theirs-{number}/archive", {"path": "/root"}, body=archive, headers=TAR
            )
            self.ask("POST", f"/containers/theirs-{number}/start")
        self.ask("POST", "/containers/theirs-2/wait")
        self.ask("POST", "/containers/theirs-1/pause")

    def seen(self) -> dict[str, object]:
        """Everything on the daemon, as it tells of it and as it lies on disk. Whatever is left over shows here too."""
        found: dict[str, object] = {}
        for row in self.ask("GET", "/containers/json", {"all": 1}).json():
            shown = self.ask("GET", f"/containers/{row['Id']}/json").json()
            # the engine gives these in any order
            found[f"container {row['Names']}"] = {
                **shown,
                "Mounts": sorted(shown["Mounts"], key=lambda mount: mount["Destination"]),
            }
            if not row["Names"][0].startswith("/theirs"):
                continue
            for path in ("/data", "/root"):
                found[f"content {row['Names']} {path}"] = self.ask(
                    "GET", f"/containers/{row['Id']}/archive", {"path": path}
                ).body.hex()
        for row in self.ask("GET", "/images/json", {"all": 1}).json():
            found[f"image {row['Id']}"] = self.ask("GET", f"/images/{row['Id']}/json").json()
        for row in self.ask("GET", "/volumes").json()["Volumes"]:
            found[f"volume {row['Name']}"] = row
        for row in self.ask("GET", "/networks").json():
            found[f"network {row['Name']}"] = self.ask("GET", f"/networks/{row['Id']}").json()
        volumes = Path(f"/proc/{self.daemon.pid}/root{self.daemon.directory}/data/volumes")
        files = sorted(volumes.rglob("_data/*"))
        assert files, "what lies on disk cannot be seen"
        found |= {f"file {file.relative_to(volumes)}": file.read_bytes().hex() for file in files}
        return {name: json.dumps(value, sort_keys=True) for name, value in found.items()}


@pytest.fixture(scope="module")
def neighbour():
    with PrivateDaemon() as daemon:
        yield Neighbour(daemon)


def difference(was: str, now: str) -> list[str]:
    """The lines in which two documents differ."""
    lines = [json.dumps(json.loads(text), indent=1, sort_keys=True).splitlines() for text in (was, now)]
    return [
        line
        for line in difflib.unified_diff(*lines, n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]


def same(before: dict[str, object], after: dict[str, object]) -> None:
    assert sorted(set(after) - set(before)) == [], "left over"
    assert sorted(set(before) - set(after)) == [], "taken away"
    assert {
        name: difference(before[name], after[name]) for name in before if before[name] != after[name]
    } == {}


def kill_the_run(live: Live) -> None:
    live.process.kill()


def kill_a_worker(live: Live) -> None:
    workers = sorted(pid for pid, program in live.descendants().items() if program.startswith("python"))
    os.kill(workers[-1], signal.SIGKILL)


def close_the_terminal(live: Live) -> None:
    os.killpg(live.process.pid, signal.SIGHUP)


KILLS = {"the run": kill_the_run, "a worker": kill_a_worker, "the terminal": close_the_terminal}


def draw(seed: int, amount: int) -> list[tuple[str, int, int]]:
    """Who is killed, after how many cases, with how many workers."""
    dice = random.Random(seed)
    drawn = []
    for number in range(amount):
        who = list(KILLS)[number % len(KILLS)]
        drawn.append((who, dice.randrange(1, 60), 2 if who == "a worker" else dice.choice((0, 2))))
    return drawn


@pytest.mark.parametrize(
    ("who", "cases", "workers"),
    draw(3, 3) + [pytest.param(*row, marks=pytest.mark.nightly) for row in draw(4, 20)],
)
def test_two_runs_at_once_with_a_kill_leave_everything_as_it_was(who, cases, workers, neighbour, tmp_path):
    before = neighbour.seen()
    host = ("--host", neighbour.daemon.endpoint.url)
    with (
        Live(
            *host, *SELECTION, *(("-n", str(workers)) if workers else ()), folder=tmp_path, report="a.jsonl"
        ) as one,
        Live(*host, *SELECTION, folder=tmp_path, report="b.jsonl") as two,
    ):
        one.until('{"case":', count=cases)
        KILLS[who](one)
        alive = command("clean", *host, folder=tmp_path)  # while the other still goes
        code, other = one.wait(), two.wait()
    cleaned = command("clean", *host, folder=tmp_path)
    print(f"{who} after {cases} cases: exit {code}, the other {other}")  # noqa: T201  the figures, with pytest -rP

    same(before, neighbour.seen())
    assert "still running" in alive.out
    assert alive.code in (0, 3), alive
    assert cleaned.code == 0, cleaned
    assert not list((tmp_path / "state" / "docker-conformance" / "runs").iterdir())
    judge_killed(who, code, one)
    footer = read_report(two.report).finished()
    assert (other, footer.leaks, footer.foreign, footer.complete) == (0, [], [], True), two.output


@pytest.mark.nightly
def test_two_whole_runs_at_once_one_of_them_killed_leave_everything_as_it_was(neighbour, tmp_path):
    before = neighbour.seen()
    host = ("--host", neighbour.daemon.endpoint.url)
    whole = (*host, "--api", "1.14-1.21", "-n", "2")
    with (
        Live(*whole, folder=tmp_path, report="a.jsonl") as one,
        Live(*whole, folder=tmp_path, report="b.jsonl") as two,
    ):
        one.until('{"case":', count=1500, patience=600)
        one.process.kill()
        code = two.wait(patience=1200)
    cleaned = command("clean", *host, folder=tmp_path)

    same(before, neighbour.seen())
    assert cleaned.code == 0, cleaned
    footer = read_report(two.report).finished()
    assert (code, footer.leaks, footer.foreign, footer.complete) == (1, [], [], True), two.output


def judge_killed(who: str, code: int, live: Live) -> None:
    assert "Traceback" not in live.output
    if who == "the run":
        assert code == -signal.SIGKILL
        assert read_report(live.report).footer is None
    elif who == "the terminal":
        assert code == 128 + signal.SIGHUP
        assert not read_report(live.report).finished().complete
    else:
        report = read_report(live.report)
        died = [result for result in report.results if result.verdict is Verdict.ERROR]
        assert code == 3, live.output
        assert [result.reason for result in died] == ["the worker died while it ran this case"]
        assert {result.verdict for result in report.results if not result.legacy} <= {
            Verdict.PASS,
            Verdict.ERROR,
        }
        assert report.finished().leaks == []


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_further_interrupts_do_not_end_the_cleaning_up(workers, neighbour, tmp_path):
    before = neighbour.seen()
    with Live("--host", neighbour.daemon.endpoint.url, *SELECTION, *workers, folder=tmp_path) as live:
        live.until('{"case":', count=10)
        for _ in range(5):
            os.killpg(live.process.pid, signal.SIGINT)
            time.sleep(0.05)
        code = live.wait()

    same(before, neighbour.seen())
    footer = read_report(live.report).finished()
    assert (code, footer.leaks, footer.complete) == (130, [], False), live.output
    assert "Traceback" not in live.output


def test_the_next_run_removes_what_a_killed_one_left(neighbour, tmp_path):
    before = neighbour.seen()
    host = ("--host", neighbour.daemon.endpoint.url)
    with Live(*host, *SELECTION, folder=tmp_path, report="a.jsonl") as live:
        live.until('{"case":', count=20)
        live.process.kill()
    time.sleep(0.5)
    left = set(neighbour.seen()) - set(before)
    ran = command("run", *host, "--change", "1.19/info-booleans", folder=tmp_path)

    assert left, "the killed run left nothing, so there is nothing to see"
    assert ran.code == 0, ran
    same(before, neighbour.seen())


def test_what_is_gone_or_changed_of_others_is_reported(neighbour, tmp_path):
    host = ("--host", neighbour.daemon.endpoint.url)
    neighbour.ask("POST", "/volumes/create", json={"Name": "short-lived"})
    with Live(*host, *SELECTION, folder=tmp_path) as live:
        live.until('{"case":', count=2)
        neighbour.ask("DELETE", "/volumes/short-lived")
        code = live.wait()

    assert code == 0, live.output
    assert read_report(live.report).finished().foreign == ["volume short-lived vanished"]
    assert "short-lived" in live.output
