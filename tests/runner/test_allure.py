"""What Allure gets: labels, texts and exchanges of each case; and that its report is made of it offline."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
import reports
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.cli import main as cli
from conformance.model.verdicts import Verdict
from conformance.report.evidence import CaseRecord
from conformance.report.render.allure import attachments

ALLURE = os.environ.get("ALLURE") or shutil.which("allure")

SUITE = """
import json
import pytest
from conformance.catalogue import load
from conformance.report.outcome import USUAL
from conformance.report.render.allure import AllureLabels

CARRIED = json.loads(open("carried.json").read())

class Stand:
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if call.when == "teardown":
            report.user_properties.append(("conformance", CARRIED[item.name]))
        return report

def pytest_configure(config):
    config.pluginmanager.register(Stand())
    config.pluginmanager.register(AllureLabels(load(), "conformance", USUAL))
"""


@pytest.fixture
def run_allure(tmp_path, monkeypatch):
    """Run stand-ins for checks with Allure, each carrying a result; the results of Allure by the name of the test."""

    def call(**carried):
        rows = {name: record.to_json() for name, record in carried.items()}
        (tmp_path / "carried.json").write_text(json.dumps(rows))
        (tmp_path / "conftest.py").write_text(SUITE)
        (tmp_path / "test_it.py").write_text(
            "\n".join(f"def {name}(): assert {'fail' not in name}" for name in rows)
        )
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            "--rootdir",
            ".",
            "--alluredir",
            "results",
            "test_it.py",
        ]
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        found = [json.loads(path.read_text()) for path in (tmp_path / "results").glob("*-result.json")]
        return {row["fullName"].partition("#")[2]: row for row in found}

    return call


def labels(row, name):
    return [label["value"] for label in row["labels"] if label["name"] == name]


def test_a_case_has_its_place_its_document_and_its_exchange(run_allure, tmp_path):
    failed = case(BOOLEANS, "1.19", Verdict.FAIL, "Debug is 1")
    row = run_allure(test_fail=CaseRecord(failed, reports.evidence_of(failed, reports.exchange())))[
        "test_fail"
    ]

    assert labels(row, "epic") == ["API 1.19"]
    assert labels(row, "feature") == ["system"]
    assert labels(row, "story") == ["GET /info"]
    assert labels(row, "tag") == ["fail"]
    assert row["status"] == "failed"
    assert load()[BOOLEANS].says in row["description"]
    assert "Debug is 1" in row["description"]
    assert [entry["name"] for entry in row["attachments"]] == ["exchange 1: GET /v1.19/info"]
    text = (tmp_path / "results" / row["attachments"][0]["source"]).read_text()
    assert "> GET /v1.19/info\n< 200 OK" in text
    assert "curl --include" in text


def test_what_does_not_count_says_so(run_allure):
    rows = run_allure(
        test_legacy=CaseRecord(case(BOOLEANS, "1.18", Verdict.FAIL, side="before"), None),
        test_asked=CaseRecord(case("1.20/archive-errors-json", "1.20", Verdict.FAIL), None),
        test_unknown=CaseRecord(case("9.9/new", "1.20"), None),
    )

    assert labels(rows["test_legacy"], "tag") == ["fail", "legacy", "not counted"]
    assert labels(rows["test_asked"], "tag") == ["fail", "not counted"]
    assert labels(rows["test_unknown"], "epic") == ["API 1.20"]


def test_text_of_a_daemon_is_made_visible():
    passed = case(BOOLEANS, "1.19")
    strange = reports.exchange("/v1.19/\x1b[31m", text="\u202e", curl="\x07")

    rows = list(attachments(passed, reports.evidence_of(passed, strange)))

    assert not any(character in name + text for name, text in rows for character in "\x1b\u202e\x07")


def test_run_passes_the_directory_on(tmp_path, monkeypatch):
    from conformance.cli import run

    monkeypatch.chdir(tmp_path)
    options = cli.build_parser().parse_args(["run", "--alluredir", "results"])

    assert f"--alluredir={tmp_path}/results" in run.arguments(options)


@pytest.mark.engine
@pytest.mark.skipif(not shutil.which("dockerd"), reason="needs dockerd")
def test_a_real_run_tells_allure(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    code = cli.main(
        [
            "run",
            "--dockerd",
            "dockerd",
            "--api",
            "1.19",
            "--change",
            BOOLEANS,
            "--alluredir",
            "results",
            "-n",
            "2",
        ]
    )

    rows = [json.loads(path.read_text()) for path in (tmp_path / "results").glob("*-result.json")]
    assert code == 0
    assert len(rows) == 4
    assert {tuple(labels(row, "epic")) for row in rows} == {("API 1.19",)}
    assert all(row["attachments"] for row in rows)


@pytest.mark.browser
@pytest.mark.skipif(
    not ALLURE, reason="needs the command allure (npm, version 3), on the PATH or named by ALLURE"
)
def test_its_report_is_made_without_a_network(run_allure, tmp_path):
    failed = case(BOOLEANS, "1.19", Verdict.FAIL)
    run_allure(
        test_fail=CaseRecord(failed, reports.evidence_of(failed, reports.exchange())),
        test_pass=CaseRecord(case(BOOLEANS, "1.20"), None),
    )
    alone = ["unshare", "--net"] if os.geteuid() == 0 and shutil.which("unshare") else []

    done = subprocess.run(
        [*alone, ALLURE, "generate", "results", "--output", "page"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "page").rglob("index.html"))
    assert any(
        "API 1.19" in path.read_text("utf-8", "replace") for path in (tmp_path / "page").rglob("*.json")
    )
