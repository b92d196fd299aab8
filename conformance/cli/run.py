"""``run``: checks the arguments, lets pytest run the suites in this process, then shows what became of them."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.expression import Expression

from conformance.catalogue import Catalogue, load
from conformance.catalogue.check_index import checks, suites_dir
from conformance.catalogue.disk_cache import user_cache
from conformance.cli.case_count import CaseCounter, find_scope, format_counts
from conformance.cli.files import check_writable, write_output
from conformance.cli.matrix import print_report
from conformance.cli.parser import add_command, check_change, check_profile, suggest
from conformance.cli.render import Arranged
from conformance.cli.signals import interruptible
from conformance.engine import tempdir
from conformance.model.errors import PATH_MISTAKES, ConformanceError, UsageError
from conformance.model.text import visible
from conformance.model.verdicts import Verdict
from conformance.model.versions import parse_selection
from conformance.report.evidence import page_path
from conformance.report.file import Report, check_unlocked
from conformance.report.render import html, html_data, junit
from conformance.report.render.console import make_console
from conformance.report.render.progress import RunProgress
from conformance.report.render.summary import print_summary
from conformance.runner.controller import ANNOUNCER, LISTENER, RUN_OPTIONS, Controller
from conformance.runner.options import OPTIONS, RunOptions

# pytest plugins of the user's environment could reorder, repeat or rerun cases: only those that the suites need are loaded
_PLUGINS = ("conformance.runner.plugin", "xdist.plugin", "pytest_timeout", "allure_pytest.plugin")
#: What this command does not need of pytest: a summary, unraisable exceptions, captured logs.
_SPARED = ("--no-summary", "-p", "no:unraisableexception", "-p", "no:logging")


def register(commands: Any) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "run",
        run,
        description="Ask a live daemon for every documented statement in every API version, and show what it does.\n"
        "Without --host or --dockerd it looks for a daemon itself and says which one it took. It removes whatever it creates\n"
        "on the daemon. Arguments after -- go to pytest as they are; pytest then prints its own output too.\n"
        "exit codes: 0 conformant, 1 not conformant, 2 used wrongly, 3 inconclusive or incomplete, 4 unreachable",
        examples=[
            "docker-conformance run --dockerd /usr/sbin/dockerd -n auto",
            "docker-conformance run --host tcp://10.0.0.5:2376 --tlscacert ca.pem --tlscert cert.pem --tlskey key.pem",
            "docker-conformance run --change 1.19/info-booleans -- --verbose",
        ],
    )
    for option in OPTIONS:
        parser.add_argument(*option.flags, **option.keywords)
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write the results as JUnit XML too")
    parser.add_argument(
        "--alluredir", metavar="DIR", type=Path, help="write results for Allure into this directory too"
    )
    parser.add_argument(
        "--matrix",
        action="store_true",
        help="show the whole matrix and each finding with its exchange, as 'matrix' does, instead of the summary",
    )
    parser.add_argument(
        "--count",
        action="store_true",
        help="print how many cases would be asked in each version, and run none; without --host or --dockerd, of a daemon that serves every version",
    )
    parser.add_argument(
        "-n",
        dest="workers",
        metavar="N",
        type=_workers,
        help="run in N processes (auto: one more than processors)",
    )
    parser.add_argument(
        "-k", dest="expression", metavar="EXPR", help="only cases that match this expression of pytest"
    )
    parser.add_argument("-x", dest="first", action="store_true", help="stop at the first failure")
    parser.set_defaults(pytest=[], writes=("report", "junit"))


def _workers(text: str) -> str:
    if text == "auto":
        return str(len(os.sched_getaffinity(0)) + 1)  # each waits for the daemon for half of its time
    if text == "logical" or (text.isascii() and text.isdigit() and len(text) < 4):
        return text
    raise argparse.ArgumentTypeError(f"expected a number of processes below 1000, or auto, got {text!r}")


def run(options: argparse.Namespace) -> int:
    """Run the suites; returns the exit code of the command."""
    _verify(options)
    run_options = RunOptions.parse(options, workers=None)
    counter = CaseCounter(find_scope(run_options)) if options.count else None
    monitor = RunMonitor(run_options, quiet=not options.pytest)
    plugins = [monitor, *([counter] if counter is not None else [])]
    with _without_foreign_plugins(), interruptible(monitor.note_signal):
        output = io.StringIO()
        code = 0
        with redirect_stdout(output if monitor.quiet else sys.stdout):
            try:
                with tempdir.directory() if options.workers or options.pytest else nullcontext("") as folder:
                    code = int(pytest.main(arguments(options, folder), plugins=plugins))
            except KeyboardInterrupt:  # while pytest begins or ends
                monitor.interrupted = monitor.interrupted or 130
    monitor.close()
    if counter is not None and counter.cases is not None and not monitor.broken and not monitor.interrupted:
        sys.stdout.writelines(f"{line}\n" for line in format_counts(counter.scope, counter.cases))
        return 0
    return _conclude(options, monitor, code, output.getvalue())


def _verify(options: argparse.Namespace) -> None:
    """Refuse what can be refused before a daemon is looked for, so that a typing mistake costs no start of one."""
    _check_selection(options)
    if options.host and options.dockerd:
        raise UsageError(
            "--host and --dockerd exclude each other: one names a daemon that runs, the other starts one"
        )
    if options.count:  # which writes no file
        return
    check_writable("--report", Path(options.report), device=False)
    check_unlocked(Path(options.report))
    if options.junit:
        check_writable("--junit", options.junit)
    if options.alluredir:
        try:
            options.alluredir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--alluredir: failed to create {options.alluredir}: {error.strerror}") from None


def _check_selection(options: argparse.Namespace) -> None:
    """Raise UsageError for a statement, profile, case, version or expression that cannot be selected."""
    catalogue = load()
    for change in options.change or []:
        check_change(change, catalogue)
    for profile in options.profile or []:
        check_profile(profile, catalogue)
    for key in options.case or []:
        _check_case(key, catalogue)
    if options.api is not None:
        try:
            parse_selection(options.api, catalogue.askable)
        except ValueError as error:
            raise UsageError(f"--api {error}") from None
    if options.expression:
        try:
            Expression.compile(options.expression)
        except SyntaxError as error:
            raise UsageError(f"-k: invalid expression {options.expression!r}: {error.msg}") from None


def _check_case(key: str, catalogue: Catalogue) -> None:
    """Raise UsageError, with suggestions, if a key cannot be that of a case: its statement has no such test."""
    change, _, rest = key.partition("::")
    test = rest.partition("[")[0].partition("@")[0]
    if "@" not in rest:
        raise UsageError(
            f"--case {key}: expected STATEMENT::test_name[parameters]@VERSION, as a report has it"
        )
    check_change(change, catalogue)
    tests = [check.test for check in checks().get(change, [])]
    if test not in tests:
        raise UsageError(f"--case {key}: {change} has no test {test!r}{suggest(test, tests)}")


def arguments(options: argparse.Namespace, folder: str = "") -> list[str]:
    """The arguments for pytest, whose temporary files may lie in a folder of this run."""
    suites = suites_dir()
    args = [argument for plugin in _PLUGINS for argument in ("-p", plugin)]
    # no configuration of the directory that the user happens to be in
    args += [
        "-c",
        os.devnull,
        "--rootdir",
        str(suites),
        "--import-mode=importlib",
        "-o",
        f"cache_dir={user_cache() / 'pytest'}",
    ]
    if not options.pytest:
        args += _SPARED
    if options.workers and options.workers != "0":
        # a worker that goes on where it began makes fewer shared fixtures twice
        args += ["-n", options.workers, "--dist", "worksteal"]
    if options.alluredir:
        args.append(f"--alluredir={options.alluredir.absolute()}")
    if options.expression:
        args += ["-k", options.expression]
    if options.first:
        args.append("-x")
    if options.count:
        args.append("--collect-only")
    if folder:
        # in the place that it takes by itself xdist would remove what older runs of pytest have there, somebody's tests
        args.append(f"--basetemp={folder}/pytest")
    return [*args, *options.pytest, str(suites)]


class RunMonitor:
    """A pytest plugin that hands over the options, shows progress and keeps what pytest would say in its own words."""

    def __init__(self, options: RunOptions, *, quiet: bool) -> None:
        self.options = options
        self.quiet = quiet
        self.refused = ""
        self.code = 0
        self.interrupted = 0  # the exit code that the signal asks for
        self.broken: list[str] = []
        #: The controller of the run, once the daemon is open.
        self.controller: Controller | None = None
        self._progress: RunProgress | None = None

    def note_signal(self, code: int) -> None:
        """Note the exit code that a signal asks for; the last one counts."""
        self.interrupted = code

    @property
    def unwritable(self) -> str:
        """Why the report could not be written; "" if it could."""
        return self.controller.recorder.unwritable if self.controller is not None else ""

    def close(self) -> None:
        """Remove the progress line."""
        if self._progress is not None:
            self._progress.close()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand over the options, and follow the results."""
        config.stash[RUN_OPTIONS] = self.options
        if self.quiet:
            self._progress = RunProgress(self._count_cases)
            config.stash[LISTENER] = self._progress.add
            config.stash[ANNOUNCER] = self._progress.begin

    def _count_cases(self) -> int:
        return self.controller.recorder.expected if self.controller is not None else 0

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> Generator[None]:
        """Say which daemon was chosen; keep a refusal for the end."""
        try:
            yield
        except pytest.exit.Exception as refusal:
            self.refused, self.code = str(refusal.msg), refusal.returncode or 3
            raise pytest.UsageError(self.refused) from refusal
        except OSError as error:  # of the user's own files: state, certificates, report
            self.refused = f"{error.filename or 'cannot begin'}: {error.strerror or error}"
            self.code = 2 if error.errno in PATH_MISTAKES else 3
            raise pytest.UsageError(self.refused) from error
        self.controller = session.config.pluginmanager.getplugin("conformance-controller")
        if self.controller is not None and self._progress is not None:
            for line in self.controller.run.describe():
                self._progress.say(line)
            self._progress.begin("collecting the checks")

    @pytest.hookimpl(wrapper=True)
    def pytest_cmdline_main(self) -> Generator[None, Any, Any]:
        """End a refused session without pytest's own message."""
        try:
            return (yield)
        except pytest.UsageError as error:
            self.refused = self.refused or "; ".join(str(part) for part in error.args)
            self.code = self.code or 2
            return pytest.ExitCode.USAGE_ERROR

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note Ctrl-C: pytest ends in the same way after a suite that cannot be imported."""
        if excinfo.errisinstance(KeyboardInterrupt) and not excinfo.errisinstance(pytest.Session.Interrupted):
            self.interrupted = self.interrupted or 130

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a suite that cannot be imported."""
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longreprtext.strip()}")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Note an internal error of pytest."""
        self.broken.append(str(excrepr))


@contextmanager
def _without_foreign_plugins() -> Iterator[None]:
    """Keep pytest plugins of the user's environment out, here and in workers."""
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = before


def _tell(text: str) -> None:
    """Write a line to stderr, unless it is closed."""
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _write_page(shown: Arranged) -> Path | None:
    """Write the page of a report beside it; returns where it is, or None if that failed."""
    path = page_path(shown.report.path)
    try:
        parts = [html_data.prepare(*shown)]
        write_output(path, html.render_page(parts, shown.catalogue).encode())
    except (ConformanceError, OSError) as error:
        _tell(f"docker-conformance: failed to write the page {visible(f'{path}: {error}')}")
        return None
    return path


def _tell_how_to_ask_the_rest(report: Report) -> None:
    """Say how to ask what was not run since the daemon was gone: a check may be what it did not survive."""
    running = report.finished().running
    tests = {result.case.test for result in report.results if result.case.key in running}
    if tests:
        without = " and ".join(f"not {test}" for test in sorted(tests))
        _tell(
            f"docker-conformance: -k '{without}' leaves out what ran when the daemon was gone, and asks the rest"
        )


def _conclude(options: argparse.Namespace, monitor: RunMonitor, code: int, output: str) -> int:
    """Show what became of the run."""
    if monitor.refused:
        _tell(f"docker-conformance: {visible(' '.join(monitor.refused.split()))}")
        return monitor.code
    for trouble in monitor.broken:
        _tell("\n".join(visible(line) for line in trouble.splitlines()))
    if monitor.unwritable:
        _tell(f"docker-conformance: {visible(monitor.unwritable)}; make room or name another file")
        return monitor.interrupted or 3
    if monitor.broken:
        _tell("docker-conformance: the suite itself broke (above); this says nothing of the daemon")
    if monitor.interrupted:
        seen = (
            f"'docker-conformance matrix {options.report}' shows what there is"
            if monitor.controller is not None
            else "nothing was asked yet"
        )
        _tell(f"docker-conformance: interrupted; {seen}")
        return monitor.interrupted
    controller = monitor.controller
    if controller is None or controller.report is None or controller.matrix is None:
        _tell(f"{output}docker-conformance: nothing was run (pytest ended with status {code})")
        # pytest calls a conftest that cannot be imported wrong usage too; the user's own are only the arguments after --
        return 2 if code == pytest.ExitCode.USAGE_ERROR and options.pytest else 3
    shown = Arranged(controller.report, controller.matrix, controller.run.catalogue)
    if monitor.broken and all(result.verdict is Verdict.NOT_RUN for result in shown.report.results):
        return 3
    page = _write_page(shown)
    if options.matrix:
        print_report(shown)
    else:
        print_summary(*shown, make_console(), page=page)
    _tell_how_to_ask_the_rest(shown.report)
    outcome = shown.matrix.outcome.code
    if options.junit:
        write_output(options.junit, junit.render_junit(*shown))
    return 3 if monitor.broken and outcome == 0 else outcome
