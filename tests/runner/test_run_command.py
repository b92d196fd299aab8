"""run: what reaches pytest, who is at fault, how it ends. What a run does on a daemon is tested elsewhere."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import textwrap
import time
from types import SimpleNamespace

import pytest
import reports
from hostile import daemon, running
from mistakes import mistake
from reports import BOOLEANS, case

from conformance.catalogue import check_index
from conformance.cli import main as cli
from conformance.cli import run
from conformance.cli.case_count import format_counts
from conformance.model.errors import UsageError
from conformance.model.versions import ApiVersion
from conformance.report.file import Footer, Header, ReportWriter, read_report
from conformance.runner.plan import Scope


def options(*argv: str) -> argparse.Namespace:
    return cli.build_parser().parse_args(["run", *argv])


def test_pytest_gets_only_its_own_options():
    args = run.arguments(options("--host", "unix:///x", "--strict-legacy", "-n", "2", "-k", "info"))

    assert {"-n", "2", "-k", "info"} <= set(args)
    assert args[-1] == str(check_index.suites_dir())
    assert not any(word.startswith(("--host", "--strict-legacy")) for word in args)


def test_auto_is_a_worker_more_than_there_are_processors(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1}, raising=False)

    args = run.arguments(options("-n", "auto"))

    assert args[args.index("-n") + 1] == "3"


def test_workers_have_their_temporary_files_in_the_folder_of_the_run():
    assert "--basetemp=/x/pytest" in run.arguments(options("-n", "2"), "/x")


@pytest.mark.parametrize(("words", "spared"), [([], True), (["-v"], False)])
def test_pytest_sums_up_only_where_somebody_sees_it(words, spared):
    asked = options()
    asked.pytest = words

    assert ("--no-summary" in run.arguments(asked)) is spared


def test_what_comes_after_the_dashes_goes_to_pytest_as_it_is(monkeypatch):
    seen = []
    monkeypatch.setattr(run.pytest, "main", lambda args, plugins: seen.append(args) or 4)

    cli.main(["run", "--", "--durations=3", "--", "x"])

    assert seen[0][-4:-1] == ["--durations=3", "--", "x"]


@pytest.mark.parametrize("expression", ["info and", "(", "a == b"])
def test_an_expression_that_pytest_refuses_is_a_mistake_before_a_daemon_is_asked(
    expression, command, monkeypatch
):
    monkeypatch.setattr(run.pytest, "main", lambda *_, **__: pytest.fail("pytest was started"))

    code, out, err = command("run", "-k", expression)

    assert (code, out) == (2, "")
    assert expression in mistake(err)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("foo", "expected STATEMENT::test_name[parameters]@VERSION"),
        (f"{BOOLEANS}::test_none@1.19", f"{BOOLEANS} has no test 'test_none'"),
    ],
)
def test_a_key_that_no_case_has_is_a_mistake_before_a_daemon_is_asked(key, words, command, monkeypatch):
    monkeypatch.setattr(run.pytest, "main", lambda *_, **__: pytest.fail("pytest was started"))

    code, out, err = command("run", "--case", key)

    assert (code, out) == (2, "")
    assert words in mistake(err)


def test_a_report_that_another_run_writes_is_refused_before_a_daemon_is_asked(command, tmp_path, monkeypatch):
    monkeypatch.setattr(run.pytest, "main", lambda *_, **__: pytest.fail("pytest was started"))
    writer = ReportWriter(tmp_path / "conformance-report.jsonl", Header())

    code, out, err = command("run")

    assert (code, out) == (2, "")
    assert "another run" in mistake(err)
    with pytest.raises(UsageError, match="another run"):
        ReportWriter(tmp_path / "conformance-report.jsonl", Header())
    writer.finish([], Footer())
    assert read_report(tmp_path / "conformance-report.jsonl").finished()
    ReportWriter(tmp_path / "conformance-report.jsonl", Header()).abandon()


def test_an_old_report_is_never_shown_as_a_new_one(command, tmp_path, monkeypatch):
    reports.write(tmp_path / "conformance-report.jsonl", [case(BOOLEANS, "1.19")])
    monkeypatch.setattr(run.pytest, "main", lambda args, plugins: 0)

    code, out, err = command("run")

    assert code == 3
    assert out == ""
    assert "nothing was run" in err


def test_counts_have_a_line_for_each_version_and_a_sum():
    versions = [ApiVersion(1, minor) for minor in (18, 19, 20)]
    cases = [
        case(BOOLEANS, "1.18", test="test_integer"),
        *(case(BOOLEANS, "1.20", parameters=field) for field in ("a", "b")),
        case("1.20/x", "1.20"),
    ]

    lines = list(format_counts(Scope(versions=versions), [result.case for result in cases]))

    assert [" ".join(line.split()) for line in lines] == [
        "1.18 1 case", "1.19 0 cases", "1.20 3 cases", "4 cases: 3 checks of 2 statements in 3 versions",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "counts"),
    [
        (["--api", "1.18-1.21", "--quick"], ["1.18 4", "1.19 4", "1.20 0", "1.21 4"]),
        (["--api", "1.18-1.21", "-k", "MemoryLimit"], ["1.18 1", "1.19 1", "1.20 1", "1.21 1"]),
        (["--api", "1.18-1.21", "--host"], ["1.21 4"]),
        (["-n", "2", "--api", "1.19", "--shard", "1/4"], ["1.19 1"]),
    ],
    ids=" ".join,
)
def test_cases_are_counted_by_version_and_none_is_run(words, counts, tmp_path):
    asked = []

    def answer(request):
        asked.append(request.path)
        request.connection.sendall(daemon.tame(request.method, request.path))

    with daemon.daemon(tmp_path / "s", answer) as url:
        words = [*words, url] if words[-1] == "--host" else words
        ran = running.command("run", "--count", "--change", BOOLEANS, *words, folder=tmp_path)

    assert (ran.code, ran.err) == (0, "")
    assert [" ".join(line.split()[:2]) for line in ran.out.splitlines()[:-1]] == counts
    assert bool(asked) is (url in words)
    assert not [path for path in asked if "create" in path]
    assert not list(tmp_path.glob("conformance-report*"))


@pytest.mark.parametrize(("words", "expected"), [((), 3), (("--", "--no-such-option"), 2)])
def test_who_is_at_fault_when_pytest_does_not_start(words, expected, command, tmp_path, monkeypatch):
    (tmp_path / "conftest.py").write_text("import no_such_module" if not words else "")
    monkeypatch.setattr(run, "suites_dir", lambda: tmp_path)

    code, _, err = command("run", *words)

    assert code == expected
    assert "nothing was run" in err


def test_a_suite_that_cannot_be_read_is_our_fault_and_says_so(command, tmp_path, monkeypatch):
    (tmp_path / "test_broken.py").write_text("import no_such_module")
    monkeypatch.setattr(run, "suites_dir", lambda: tmp_path)

    code, _, err = command("run")

    assert code == 3
    assert "no_such_module" in err
    assert "says nothing of the daemon" in err


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("unix:///no/such/socket", 4),
        ("gopher://x", 2),
        ("tcp://127.0.0.1:1", 4),
        ("", 2),
    ],
)
def test_a_host_that_is_no_daemon_is_one_line(host, code, command, tmp_path):
    found, out, err = command("run", f"--host={host}")

    assert found == code
    assert out == ""
    mistake(err)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("opened", "next_step"),
    [(True, "'docker-conformance matrix conformance-report.jsonl'"), (False, "nothing was asked yet")],
)
def test_an_interrupted_run_says_what_comes_next(opened, next_step, command, monkeypatch):
    def interrupt(args, plugins):
        plugins[0].controller = SimpleNamespace(recorder=SimpleNamespace(unwritable="")) if opened else None
        raise KeyboardInterrupt

    monkeypatch.setattr(run.pytest, "main", interrupt)

    code, _, err = command("run")

    assert code == 130
    assert next_step in mistake(err)


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_run_with_its_code(sent, code, tmp_path):
    script = textwrap.dedent(
        """
        import sys, time
        from conformance.cli import main as cli
        from conformance.cli import run

        class Slow:
            def pytest_sessionstart(self):
                print("ready", flush=True, file=sys.__stderr__)
                time.sleep(30)

        real = run.pytest.main
        run.pytest.main = lambda args, plugins: real(["-p", "no:cacheprovider", "-c", "/dev/null", sys.argv[1]], plugins=[*plugins, Slow()])
        sys.exit(cli.main(["run"]))
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"NO_COLOR": "1"},
    )
    try:
        assert process.stderr.readline() == "ready\n"
        time.sleep(0.2)
        process.send_signal(sent)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == code
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("docker-conformance: interrupted")
