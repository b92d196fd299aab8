"""The published results: up to date, explained, and their index is the one that they make."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import reports
from reports import BOOLEANS, case

from conformance.catalogue import durations, load
from conformance.model.cases import Side
from conformance.model.verdicts import NOT_CONFORMANT, Verdict
from conformance.report import published
from conformance.report.file import read_report
from conformance.report.outcome import is_narrowed

FOLDER = Path(__file__).parents[2] / "reports"
RESULTS = [
    case(BOOLEANS, "1.19", Verdict.FAIL, "Debug is | 1"),
    case("1.19/logs-since", "1.19"),
    case(BOOLEANS, "1.18", Verdict.FAIL, side="before"),
]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_published_report_is_whole(path):
    """Which of its rows are out of date is shown in the index, and is no fault of whoever edits a statement."""
    report = read_report(path)

    assert report.finished().complete
    assert not is_narrowed(report.header)
    assert report.header.statements


def test_every_red_cell_is_explained():
    assert (
        list(
            published.find_unexplained(
                published.read_reports(FOLDER), published.read_explanations(FOLDER), load()
            )
        )
        == []
    )


def test_the_index_has_every_published_run():
    text = (FOLDER / "README.md").read_text("utf-8")

    missing = [
        name
        for name, report in published.read_reports(FOLDER).items()
        if f"## {name}\n" not in text or report.header.started not in text
    ]
    assert missing == [], "run scripts/publish"


def test_what_is_contested_is_kept_by_no_genuine_engine_that_is_published():
    """Each published engine that was asked is named with its version, and deviates."""
    wrong = []
    contested = [change for change in load().changes.values() if change.contested is not None]
    for name, report in published.read_reports(FOLDER).items():
        verdicts = {}
        for result in report.results:
            if result.case.side in (Side.SINCE, Side.ALWAYS):
                verdicts.setdefault(result.case.change, set()).add(result.verdict)
        for change in contested:
            results = verdicts.get(change.id)
            if not results:
                continue
            versions = change.contested.engines.get(report.header.daemon.engine)
            if versions is None:
                continue
            if not any(is_release(report.header.daemon.version, version) for version in versions):
                wrong.append(f"{change.id}: {name} was asked and is not named")
            if not NOT_CONFORMANT & results:
                wrong.append(f"{change.id}: {name} keeps it")

    assert wrong == []


def is_release(version, named):
    """Whether a daemon's version is that release, whatever a distribution adds."""
    return version == named or version.startswith((f"{named}+", f"{named}-", f"{named}~"))


def test_some_statements_are_contested_and_each_names_an_engine():
    contested = [change for change in load().changes.values() if change.contested]

    assert contested
    assert all(change.contested.engines.get("Docker Engine") for change in contested)


def test_legacy_and_informative_cells_need_no_explanation(tmp_path):
    report = reports.report(
        tmp_path / "a.jsonl", [*RESULTS, case("1.20/archive-errors-json", "1.20", Verdict.FAIL)]
    )

    assert list(published.find_deviations(report, load())) == [BOOLEANS]


def test_what_is_red_without_an_explanation_is_named(tmp_path):
    reports.write(tmp_path / "docker-1.jsonl", RESULTS)
    (tmp_path / "explanations.toml").write_text('[docker-1]\n"1.19/logs-since" = "x"\n[podman-9]\n')

    found = list(
        published.find_unexplained(
            published.read_reports(tmp_path), published.read_explanations(tmp_path), load()
        )
    )

    assert found == [
        f"[docker-1] '{BOOLEANS}' is red and has no explanation",
        "[docker-1] '1.19/logs-since' is explained and not red",
        "[podman-9] is explained and not published",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "not every check of 1.19/"),
        ({"header": {"catalogue": "sha256:0"}}, "another catalogue"),
        ({"header": {"selection": {"change": [BOOLEANS]}}}, "selection"),
        ({"footer": reports.Footer(complete=False, why_incomplete="it died")}, "it died"),
    ],
)
def test_what_may_not_be_published_says_why(options, message, tmp_path):
    why = published.find_obstacles(reports.report(tmp_path / "a.jsonl", RESULTS, **options), load())

    assert any(message in one for one in why)


def test_the_index_has_document_and_explanation(tmp_path):
    reports.write(tmp_path / "docker-1.jsonl", RESULTS)
    reports.write(tmp_path / "docker-10.jsonl", RESULTS[1:2])
    reports.write(tmp_path / "docker-9.jsonl", RESULTS[:2])
    (tmp_path / "explanations.toml").write_text(f'[docker-1]\n"{BOOLEANS}" = "It keeps <numbers>."\n')

    text = published.render_index(tmp_path, load())

    assert text.index("## docker-1\n") < text.index("## docker-9\n") < text.index("## docker-10\n")
    assert "It keeps &#60;numbers&#62;." in text
    assert text.count("**not explained yet**") == 1
    assert load()[BOOLEANS].says[:40] in text
    assert "Debug is &#124; 1" in text


def test_reports_are_taken_with_page_and_durations(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "find_obstacles", lambda report, catalogue: [])
    monkeypatch.setattr(published, "suites_dir", lambda: tmp_path)
    (tmp_path / "new").mkdir()
    known = case(BOOLEANS, "1.20", test="test_flag_is_a_boolean")
    reports.write(
        tmp_path / "new" / "docker-1.jsonl",
        [*RESULTS, known],
        evidence={RESULTS[0].case.key: ([reports.exchange()], "")},
    )

    assert published.main([str(tmp_path / "reports"), "--from", str(tmp_path / "new")]) == 0

    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == [
        "README.md",
        "docker-1.jsonl",
        "index.html",
    ]
    assert "GET /v1.19/info" in (tmp_path / "reports" / "index.html").read_text("utf-8")
    assert durations.durations(tmp_path) == {known.case.check: 0.25}  # the others are no checks of today


@pytest.mark.parametrize("name", ["Docker 1", "../x", "a.jsonl"])
def test_a_partial_report_or_a_strange_name_is_refused_whole(name, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(published, "suites_dir", lambda: tmp_path)
    (tmp_path / "new").mkdir()
    reports.write(tmp_path / "new" / f"{name.replace('/', '_')}.jsonl", RESULTS)

    assert published.main([str(tmp_path / "reports"), "--from", str(tmp_path / "new")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "reports").exists()


def test_damaged_explanations_are_one_line(tmp_path, capsys):
    (tmp_path / "explanations.toml").write_text("[x]\ny = 1\n")

    assert published.main([str(tmp_path)]) == 2
    assert "explanations.toml" in capsys.readouterr().err


def test_the_script_asks_each_daemon_and_publishes(tmp_path):
    """With stand-ins for what it calls: which commands it gives, and that a daemon that is not reached ends it."""
    root = tmp_path / "project"
    for folder in ("scripts", ".venv/bin"):
        (root / folder).mkdir(parents=True)
    source = FOLDER.parent / "scripts" / "publish"
    (root / "scripts" / "publish").write_bytes(source.read_bytes())
    log = tmp_path / "log"
    for path, code in (
        ("scripts/prepare", ""),
        (".venv/bin/docker-conformance", 'case "$3" in *gone) exit 4;; esac; exit 1'),
        (".venv/bin/python", ""),
    ):
        (root / path).write_text(f'#!/bin/sh\necho "{Path(path).name} $@" >>{log}\n{code}\n')
        (root / path).chmod(0o755)

    def call(*argv):
        log.write_text("")
        done = subprocess.run(
            ["sh", str(root / "scripts" / "publish"), *argv],
            capture_output=True,
            text=True,
            env=os.environ,
            check=False,
        )
        return done.returncode, log.read_text()

    code, message = call("a=unix:///x", "b=/usr/sbin/dockerd", "--", "-n", "2")
    assert code == 0
    assert "docker-conformance run --host unix:///x --report" in message
    assert "docker-conformance run --dockerd /usr/sbin/dockerd" in message
    assert "-n 2" in message
    command = "python -m conformance.report.published reports --compact conformance/catalogue/data/results"
    assert message.splitlines()[-1].startswith(f"{command} --from ")
    code, message = call("a=unix:///gone")
    assert code == 4
    assert "python" not in message
    assert call("nonsense")[0] == 2
    assert call()[1].endswith(f"{command}\n")


def test_the_module_runs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "conformance.report.published", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "README.md").exists()
