"""The GitHub Action and the GitLab example: their steps run in a shell as the two services run them.

The command is real but for ``run``, which puts a prepared report where it was asked to; one test asks a real engine.
"""

from __future__ import annotations

import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse
from pathlib import Path

import pytest
import reports
import yaml
from reports import BOOLEANS, case

from conformance.model.verdicts import Verdict
from conformance.report.file import Footer, read_report
from conformance.runner.shards import split

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PASS, FAIL = [case(BOOLEANS, "1.19")], [case(BOOLEANS, "1.19", Verdict.FAIL, "Debug is 1")]

COMMAND = """#!/bin/sh
[ "$1" = run ] || exec {python} -m conformance "$@"
printf '%s\\n' "$@" >>{folder}/arguments
code=$(cat {folder}/code)
shard= report=
while [ $# -gt 0 ]; do
    case $1 in --report) report=$2 ;; --shard) shard=-${{2%/*}} ;; esac
    shift
done
if [ -f {folder}/prepared$shard.jsonl ]; then cp {folder}/prepared$shard.jsonl "$report"; fi
exit "$code"
"""


@pytest.fixture
def bench(tmp_path):
    """A directory with a command that knows what ``run`` has to give."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "docker-conformance").write_text(COMMAND.format(python=sys.executable, folder=tmp_path))
    (tools / "docker-conformance").chmod(0o755)
    (tmp_path / "code").write_text("0")
    (tmp_path / "work").mkdir()
    return tmp_path


def prepare(bench, results, code, name="prepared.jsonl", **options):
    reports.write(bench / name, results, **options)
    (bench / "code").write_text(str(code))


def action():
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def run_action(bench, **inputs):
    """The last step of the action, with its inputs put in as the service does it."""
    document = action()
    given = {name: entry["default"] for name, entry in document["inputs"].items()} | inputs
    step = document["runs"]["steps"][1]
    env = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], value)
        for name, value in step["env"].items()
    }
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_PATH"):
        env[name] = str(bench / name)
    env |= {
        "GITHUB_ACTION_PATH": str(ROOT),
        "PATH": f"{bench / 'tools'}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=bench / "work",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_asks_and_summarizes(bench):
    prepare(bench, PASS, 0)

    done = run_action(bench, host="unix:///x y", api="1.19", workers="2")

    assert done.returncode == 0, done.stderr
    output = bench / "work" / "conformance-results"
    assert sorted(path.name for path in output.iterdir()) == [
        "badge.svg",
        "conformance-report.jsonl",
        "matrix.html",
        "summary.md",
    ]
    assert (bench / "GITHUB_STEP_SUMMARY").read_text().startswith("## ✅ Docker 20.10.24")
    assert "summary=conformance-results/summary.md" in (bench / "GITHUB_OUTPUT").read_text()
    asked = (bench / "arguments").read_text().splitlines()
    assert asked[asked.index("--host") + 1] == "unix:///x y"
    assert asked[asked.index("-n") + 1] == "2"
    assert "--dockerd" not in asked


def test_the_action_is_red_for_a_deviation(bench):
    prepare(bench, FAIL, 1)

    assert run_action(bench).returncode == 1
    assert "Debug is 1" in (bench / "GITHUB_STEP_SUMMARY").read_text()


@pytest.mark.parametrize(("before", "code"), [(FAIL, 0), (PASS, 1)])
def test_the_action_may_be_red_for_regressions_only(before, code, bench):
    prepare(bench, FAIL, 1)
    reports.write(bench / "work" / "base.jsonl", before)

    done = run_action(bench, base="base.jsonl", **{"fail-on": "regression"})

    assert done.returncode == code, done.stderr
    assert ("1 regression" in (bench / "GITHUB_STEP_SUMMARY").read_text()) is bool(code)


@pytest.mark.parametrize("code", [2, 4, 130])
def test_the_action_is_red_when_nothing_was_asked(code, bench):
    (bench / "code").write_text(str(code))

    assert run_action(bench).returncode == code


def test_the_action_is_red_when_a_run_was_interrupted_and_says_so(bench):
    prepare(bench, PASS, 3, interrupted=True)

    done = run_action(bench, base="", **{"fail-on": "deviation"})

    assert done.returncode == 3
    assert "interrupted" in (bench / "GITHUB_STEP_SUMMARY").read_text()


@pytest.mark.parametrize("inputs", [{"fail-on": "regression"}, {"fail-on": "sometimes"}])
def test_a_mistake_in_the_inputs_is_code_2(inputs, bench):
    done = run_action(bench, **inputs)

    assert done.returncode == 2
    assert done.stderr.startswith("ci: ")


def test_an_input_is_never_a_command(bench):
    prepare(bench, PASS, 0)

    for text in ("$(touch hacked)", "; touch hacked", "`touch hacked`", "\n touch hacked"):
        run_action(bench, host=text, api=text, output="conformance-results")

    assert not list(bench.rglob("hacked"))
    for step in action()["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_every_input_and_output_says_what_it_is():
    document = action()

    assert all(entry["description"] for part in ("inputs", "outputs") for entry in document[part].values())


def jobs():
    return yaml.safe_load((ROOT / "examples" / "gitlab-ci.yml").read_text("utf-8"))


def run_job(bench, name, **variables):
    """The script of a job, as a runner joins its lines."""
    document = jobs()
    env = {
        **document["variables"],
        "CI_PROJECT_DIR": str(bench),
        "PATH": f"{bench / 'tools'}:{os.environ['PATH']}",
        "HOME": "/",
        **variables,
    }
    script = "\n".join(document[name]["script"])
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=bench / "work",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def shards(bench):
    rows = [
        case(BOOLEANS, version, Verdict.FAIL if version == "1.20" else Verdict.PASS)
        for version in ("1.19", "1.20", "1.21")
    ]
    numbers = split([(row.case.key, row.case.check) for row in rows], 2, {})
    for number in (1, 2):
        places = [place for place, found in enumerate(numbers) if found == number]
        header = {"selection": {"shard": f"{number}/2"}, "versions": ["1.19", "1.20", "1.21"]}
        footer = Footer(collected=3, positions=places)
        prepare(
            bench,
            [rows[place] for place in places],
            1,
            f"prepared-{number}.jsonl",
            header=header,
            footer=footer,
        )
    return bench


def test_the_gitlab_jobs_join_their_shards(shards):
    for number in ("1", "2"):
        done = run_job(shards, "shards", CI_NODE_INDEX=number, CI_NODE_TOTAL="2")
        assert done.returncode == 0, done.stderr

    done = run_job(shards, "conformance")

    assert done.returncode == 1, done.stderr
    assert read_report(shards / "work" / "conformance-report.jsonl").finished().totals == {
        "pass": 2,
        "fail": 1,
    }
    assert {"summary.md", "matrix.html", "junit.xml"} <= {path.name for path in (shards / "work").iterdir()}


def test_the_gitlab_job_is_red_when_a_shard_is_missing(shards):
    run_job(shards, "shards", CI_NODE_INDEX="1", CI_NODE_TOTAL="2")

    assert run_job(shards, "conformance").returncode != 0


def test_a_gitlab_shard_that_asked_nothing_is_red(shards):
    (shards / "code").write_text("4")

    assert run_job(shards, "shards", CI_NODE_INDEX="1", CI_NODE_TOTAL="2").returncode != 0


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_gitlab_job_posts_the_markdown(shards):
    taken = []

    class Notes(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            taken.append((self.path, self.headers["PRIVATE-TOKEN"], urllib.parse.parse_qs(body)["body"][0]))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Notes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for number in ("1", "2"):
            run_job(shards, "shards", CI_NODE_INDEX=number, CI_NODE_TOTAL="2")
        facts = {
            "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
            "CI_PROJECT_ID": "7",
            "CI_MERGE_REQUEST_IID": "3",
        }
        done = run_job(shards, "conformance", CONFORMANCE_TOKEN="s3cret", **facts)
    finally:
        server.shutdown()

    assert done.returncode == 1, done.stderr
    assert [(path, token) for path, token, _ in taken] == [
        ("/api/v4/projects/7/merge_requests/3/notes", "s3cret")
    ]
    assert taken[0][2].startswith("## ❌ Docker 20.10.24")


@pytest.mark.engine
@pytest.mark.skipif(not shutil.which("dockerd"), reason="needs dockerd")
def test_the_action_validates_a_real_build(bench):
    (bench / "tools" / "docker-conformance").write_text(
        f'#!/bin/sh\nexec {sys.executable} -m conformance "$@"\n'
    )

    done = run_action(bench, dockerd=shutil.which("dockerd"), api="1.19", profile="build", workers="2")

    assert done.returncode in (0, 1, 3), done.stderr
    report = read_report(bench / "work" / "conformance-results" / "conformance-report.jsonl")
    assert report.finished().totals["pass"] > 3
    assert "Docker Engine" in (bench / "GITHUB_STEP_SUMMARY").read_text()
