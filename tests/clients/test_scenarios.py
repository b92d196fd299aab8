"""The scenarios: the steps, the process of a client whatever becomes of it, and what is shown of it."""

from __future__ import annotations

import inspect
import json
import re
import textwrap
from io import StringIO

import pytest
import reports
from hostile.daemon import daemon, document, response
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.catalogue.operations import operations
from conformance.clients import render, scenario
from conformance.clients.docker_command import DockerCommand
from conformance.clients.docker_sdk import DockerSdk
from conformance.clients.explain import Explanation, explain, find_deviating
from conformance.clients.plain_requests import PlainRequests, _documents
from conformance.clients.protocol import Job, Outcome
from conformance.clients.result import ScenarioResult, StepResult
from conformance.clients.run import ClientRun
from conformance.clients.steps import STEPS, steps_of
from conformance.engine.identity import Daemon, HostFacts, Identity
from conformance.environment.ledger import new_run
from conformance.environment.recording_proxy import RecordingProxy
from conformance.environment.visit import Departure
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Exchange, Request, Response
from conformance.model.cases import Side
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.render.console import make_console

V24 = ApiVersion(1, 24)

#: A docker SDK of which only the ping works; what else happens is a test's.
SDK = """
import os, time
__version__ = "0.1"
class Api:
    def ping(self): return True
    def version(self): {version}
    def __getattr__(self, name): raise TypeError("no " + name)
def DockerClient(**options): return Api()
"""


@pytest.mark.parametrize("client", [DockerSdk, DockerCommand, PlainRequests])
def test_a_client_has_a_method_for_each_step_and_no_other(client):
    methods = {name for name, _ in inspect.getmembers(client, inspect.isfunction) if not name.startswith("_")}

    assert methods - {"close", "title"} == {step.method for step in STEPS}


def test_a_step_needs_steps_before_it_and_has_an_operation():
    seen = set()
    for step in STEPS:
        assert set(step.needs) <= seen
        assert step.operation in operations()
        seen.add(step.name)


def test_a_version_has_the_steps_whose_operations_it_documents():
    names = {step.name for step in steps_of(ApiVersion(1, 14))}

    assert {"exec", "volume", "network", "copy-in", "rename"}.isdisjoint(names)
    assert len(steps_of(V24)) == len(STEPS) == 29


def test_json_documents_of_a_stream_are_read_with_white_space_or_without():
    assert _documents('{"a":1}{"b":2}\r\n {"c":3}\n') == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert _documents(" \n") == []


# the process of a client


@pytest.fixture
def run_steps(tmp_path, state):
    """Runs the steps of a docker SDK, which the test writes, on a daemon that only knows pings."""

    def answer(asked):
        asked.connection.sendall(document({}) if "json" in asked.path else response(b"OK"))

    def call(version="return {}", init=SDK):
        package = tmp_path / "packages" / "docker"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(textwrap.dedent(init).format(version=version))
        (package / "constants.py").write_text('MINIMUM_DOCKER_API_VERSION = "1.24"\n')
        with (
            daemon(tmp_path / "d.sock", answer),
            RecordingProxy(Endpoint(path=str(tmp_path / "d.sock"))) as proxy,
        ):
            job = Job("docker-sdk", proxy.path, V24, new_run("unix:///x"), "image", "", 0)
            return scenario.run_scenario(job, proxy, package.parent)

    return call


def outcomes(result):
    return {step.step: (step.outcome, step.reason) for step in result.steps}


def test_steps_fail_with_what_the_client_raised_and_block_those_that_need_them(run_steps):
    found = run_steps()

    assert found.client == "Docker SDK for Python 0.1"
    steps = outcomes(found)
    assert steps["ping"] == (Outcome.PASSED, "")
    assert steps["version"] == (Outcome.FAILED, "expected ApiVersion, got {}")
    assert steps["info"] == (Outcome.FAILED, "TypeError: no info")
    assert steps["create"][0] is Outcome.FAILED
    assert steps["start"] == (Outcome.BLOCKED, "create did not pass")
    assert steps["exec"] == (Outcome.BLOCKED, "start did not pass")
    assert len(steps) == len(STEPS)


def test_a_client_that_dies_ends_its_scenario_at_that_step(run_steps):
    found = run_steps(version="os._exit(7)")

    assert outcomes(found) == {
        "ping": (Outcome.PASSED, ""),
        "version": (Outcome.NOT_RUN, "the client died: exit code 7"),
    }


def test_a_client_that_hangs_is_ended(run_steps, monkeypatch):
    monkeypatch.setattr(scenario, "_STEP", 5.0)

    found = run_steps(version="time.sleep(60)")

    assert outcomes(found)["version"] == (Outcome.NOT_RUN, "timed out after 5 s")


@pytest.mark.parametrize(
    ("init", "reason"),
    [
        ("import no_such_module", "No module named 'no_such_module'; install it with: pip install docker"),
        (
            "x = 1 / 0",
            "does not work with this Python: ZeroDivisionError: division by zero; install another with",
        ),
        (
            SDK.replace("return Api()", "raise ValueError('scheme')"),
            "does not work with this Python: ValueError: scheme",
        ),
    ],
    ids=["missing", "broken", "too old"],
)
def test_a_client_that_cannot_run_here_is_unavailable(run_steps, init, reason):
    found = run_steps(init=init)

    assert reason in found.unavailable
    assert found.steps == []


def test_the_sdk_is_unavailable_in_versions_that_it_does_not_speak(state):
    with RecordingProxy(Endpoint(path="/none")) as proxy:
        job = Job("docker-sdk", proxy.path, ApiVersion(1, 12), new_run("unix:///x"), "image", "", 0)
        found = scenario.run_scenario(job, proxy)

    assert re.fullmatch(r"Docker SDK for Python [\d.]+ speaks API 1\.\d+ and newer", found.unavailable)


def test_a_cli_that_is_not_installed_is_unavailable_with_the_line_that_installs_it(
    tmp_path, state, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with RecordingProxy(Endpoint(path="/none")) as proxy:
        job = Job("docker-cli", proxy.path, V24, new_run("unix:///x"), "image", "", 0)
        found = scenario.run_scenario(job, proxy)

    assert found.client == "Docker's CLI"
    assert "install it with: apt-get install docker-cli" in found.unavailable


# what explains a failure


def exchange(target="/v1.24/info", status=500, method="GET", body=b'{"message":"no\x1b[31m"}'):
    return Exchange(Request(method, target), Response(status, "Error", (), body))


def test_the_exchange_that_tells_most_is_the_last_that_was_refused():
    step = StepResult(
        "x", Outcome.FAILED, "", (exchange(), exchange("/v1.24/x", 200), exchange("/v1.24/y", 204))
    )

    assert step.telling.request.target == "/v1.24/info"
    assert StepResult("x", Outcome.FAILED).telling is None


def test_statements_about_the_operation_explain_a_failure():
    step = StepResult("info", Outcome.FAILED, "no", (exchange(),))

    found = explain(step, V24, load(), {BOOLEANS, "1.20/archive-get-not-dir"})

    assert found.deviating == [BOOLEANS]
    assert BOOLEANS in found.documented
    assert {"GET /info"} <= {endpoint for name in found.documented for endpoint in load()[name].endpoints}


def test_deviations_of_a_report_are_those_of_its_own_window(tmp_path):
    results = [
        case(BOOLEANS, "1.19", Verdict.FAIL),
        case("1.19/logs-since", "1.18", Verdict.FAIL, side=Side.BEFORE),
        case("1.21/volumes-list", "1.21"),
    ]

    assert find_deviating(reports.report(tmp_path / "r.jsonl", results)) == {BOOLEANS}
    assert find_deviating(None) == set()


# what is shown


@pytest.fixture
def run():
    """A run with a client that passes in two versions, one that fails a step and one that cannot be tried."""
    identity = Identity(name="Docker Engine", version="1\x1b[31m", newest=V24, oldest=V24)
    facts = Daemon(
        target="", sentence="", endpoint=Endpoint(path="/run/x.sock"), identity=identity, host=HostFacts(source="told"), capabilities={}
    )  # fmt: skip
    passed = [StepResult("ping", Outcome.PASSED), StepResult("info", Outcome.PASSED)]
    failed = [
        StepResult("ping", Outcome.PASSED),
        StepResult("create", Outcome.FAILED, "expected a\x1b[31m", (exchange(),)),
        StepResult("start", Outcome.BLOCKED, "create did not pass"),
    ]
    return ClientRun(
        facts,
        [
            ScenarioResult("one", ApiVersion(1, 23), steps=passed),
            ScenarioResult("one", V24, steps=passed),
            ScenarioResult("two", V24, steps=failed),
            ScenarioResult(
                "slow", V24, steps=[*passed, StepResult("attach", Outcome.NOT_RUN, "timed out after 90 s")]
            ),
            ScenarioResult("three", V24, "not installed; install it with: pip install three"),
        ],
        Departure([], []),
    )


def no_statement(step, version):
    return Explanation([], ["1.19/a", "1.19/b"])


def test_versions_with_the_same_result_share_a_line_and_failures_show_their_exchange(run):
    page = StringIO()
    render.print_run(run, no_statement, make_console(page, width=120))

    text = page.getvalue()
    assert "  1.23-1.24: 2 of 2 steps passed\n" in text
    assert "  1.24: 1 of 3 steps passed; failed: create; 1 blocked\n" in text
    assert "  1.24: unavailable: not installed; install it with: pip install three\n" in text
    assert "two in 1.24: create failed" in text
    assert "  1.24: 2 of 3 steps passed; did not finish: attach; no step after it was tried\n" in text
    assert "slow in 1.24: attach did not finish\n" in text
    assert "> GET /v1.24/info" in text
    assert "< 500 Error" in text
    assert "curl --include --unix-socket /run/x.sock" in text
    assert "documented by: 1.19/a, 1.19/b" in text
    assert "\x1b" not in text


def test_json_has_every_step_and_the_exchange_of_a_failure(run):
    found = json.loads(render.render_json(run, no_statement))

    steps = found["scenarios"][2]["steps"]
    assert [step["outcome"] for step in steps] == ["passed", "failed", "blocked"]
    assert steps[1]["exchange"]["target"] == "/v1.24/info"
    assert steps[1]["documented"] == ["1.19/a", "1.19/b"]
    assert found["scenarios"][4]["unavailable"].startswith("not installed")


def test_the_exit_code_says_whether_a_step_failed(run):
    assert run.exit_code == 1
    assert ClientRun(run.daemon, run.results[:2]).exit_code == 0
    assert (
        ClientRun(run.daemon, run.results[:2], Departure(["container x is still there"], [])).exit_code == 3
    )
    assert ClientRun(run.daemon, run.results[4:]).exit_code == 3


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "name a report, or a daemon with --host or --dockerd"),
        (("r.jsonl", "--api", "1.24"), 2, "--api is for trying clients"),
        (
            ("--host", "unix:///none.sock", "--client", "request"),
            2,
            "unknown client 'request'; did you mean requests?",
        ),
        (("--host", "unix:///none.sock", "--sdk", "none"), 2, "--sdk none: there is no package docker in it"),
        (
            ("--host", "unix:///none.sock", "--docker-cli", "r.jsonl"),
            2,
            "--docker-cli r.jsonl: not a program",
        ),
        (("--host", "unix:///none.sock"), 4, "unix:///none.sock"),
    ],
)
def test_a_mistake_is_one_line(command, tmp_path, words, code, message):
    reports.write(tmp_path / "r.jsonl", [case(BOOLEANS, "1.19")])

    found, out, err = command("clients", *words)

    assert (found, out) == (code, "")
    assert message in err
    assert err.count("\n") == 1
