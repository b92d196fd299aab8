"""The pytest plugin: options, marks and fixtures, and which process has which part of a run.

It does nothing until the suites' conftest calls ``activate``. Then the controller opens the daemon once
(``conformance.runner.controller``), and each process that runs checks has a Collector (``conformance.runner.collection``) and a
CaseRunner (``conformance.runner.case_runner``); without pytest-xdist one process is both.
"""

from __future__ import annotations

import contextlib
import dataclasses
import signal
from functools import partial
from types import FrameType
from typing import Any

import pytest

from conformance.catalogue import load
from conformance.engine.identity import Daemon
from conformance.engine.private import namespaces
from conformance.environment import Environment
from conformance.http.client import Client
from conformance.model import codec
from conformance.model.errors import DaemonFault, Unreachable, UsageError
from conformance.model.versions import ApiVersion
from conformance.runner.case_runner import PROPERTY, CaseRunner
from conformance.runner.collection import SCOPE, Collector, write_collection
from conformance.runner.controller import ANNOUNCER, LISTENER, RUN_OPTIONS, Controller
from conformance.runner.early import EarlyChecks
from conformance.runner.options import OPTIONS, RunOptions
from conformance.runner.plan import Plan
from conformance.runner.private_engines import PrivateEngines
from conformance.runner.worker import WorkerSession

_ACTIVE = pytest.StashKey[bool]()
_RUNNER = pytest.StashKey[CaseRunner]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run."""
    group = parser.getgroup("conformance", "Docker Remote API conformance")
    for option in OPTIONS:
        group.addoption(option.flag, **option.keywords)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks."""
    config.addinivalue_line(
        "markers", "change(binding): the documented change that a check is bound to (use @since and its kin)"
    )
    config.addinivalue_line(
        "markers", "needs(*names): capabilities that this check needs beyond those of its change"
    )
    config.addinivalue_line(
        "markers", "unrouted: this check asks for what has no route, so that a 404 of the router is an answer"
    )
    config.addinivalue_line(
        "markers",
        "early: the body of this check may run from the start of the run (conformance.runner.early)",
    )


def activate(config: pytest.Config) -> None:
    """Activate the plugin; the suites' conftest calls this."""
    config.stash[_ACTIVE] = True


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Open the run in the controller; in a worker, take the controller's plan."""
    config = session.config
    if not config.stash.get(_ACTIVE, False):
        return
    handed_over = getattr(config, "workerinput", None)
    if handed_over is not None:
        _die_with_controller()
        plan = codec.decode(handed_over["conformance"], Plan)
        process = handed_over["workerid"]
        _add_collector(config, Collector(plan, partial(write_collection, plan.run, process)))
        _add_runner(config, WorkerSession(plan, process))
    elif config.option.collectonly:
        _add_collector(config, Collector(config.stash.get(SCOPE, None), lambda _: None))
    else:
        _open(config)


def _die_with_controller() -> None:
    """End this worker with its controller: after that, another process may be cleaning up already."""
    with contextlib.suppress(OSError):
        namespaces.die_with_parent()
    for number in (signal.SIGHUP, signal.SIGTERM):
        # a closed terminal signals all processes at once; the controller ends its workers in order
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.SIG_IGN)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt_once)


def _interrupt_once(number: int, frame: FrameType | None) -> None:
    """Interrupt at the first Ctrl-C, which reaches workers too; a second one must not end their clean-up."""
    del frame
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _open(config: pytest.Config) -> None:
    try:
        controller = Controller(
            _options(config), config.stash.get(LISTENER, None), config.stash.get(ANNOUNCER, lambda _: None)
        )
        config.add_cleanup(controller.close)
        controller.open()
    except (Unreachable, DaemonFault) as error:
        pytest.exit(str(error), returncode=4)
    except UsageError as error:
        pytest.exit(str(error), returncode=2)
    plan = controller.run.plan
    if not _is_distributed(config):
        session = WorkerSession(plan, "main")
        controller.run_checks_here(session.close)
        _add_collector(config, Collector(plan, controller.expect))
        _add_runner(config, session)
    config.pluginmanager.register(controller, "conformance-controller")


def _options(config: pytest.Config) -> RunOptions:
    """The options of the run: those that the command line has parsed, or else those that pytest was given."""
    ours: dict[str, Any] = {"keyword": config.option.keyword, "markexpr": config.option.markexpr}
    ours["workers"] = getattr(config.option, "numprocesses", None) or 0
    parsed = config.stash.get(RUN_OPTIONS, None)
    if parsed is None:
        return RunOptions.parse(config.option, **ours)
    for option in OPTIONS:
        if getattr(config.option, option.name) not in (None, False, option.keywords.get("default")):
            raise UsageError(f"{option.flag} must be given before --")
    return dataclasses.replace(parsed, **ours)


def _is_distributed(config: pytest.Config) -> bool:
    """Whether pytest-xdist runs the checks in other processes."""
    return bool(getattr(config.option, "tx", None)) and getattr(config.option, "dist", "no") != "no"


def _add_collector(config: pytest.Config, collector: Collector) -> None:
    config.pluginmanager.register(collector, "conformance-collector")


def _add_runner(config: pytest.Config, session: WorkerSession) -> None:
    runner = CaseRunner(session)
    config.stash[_RUNNER] = runner
    config.pluginmanager.register(runner, "conformance-runner")
    if session.plan.early:
        config.pluginmanager.register(EarlyChecks(session), "conformance-early")
    if config.getoption("allure_report_dir", None):
        from conformance.report.render.allure import AllureLabels  # Allure is slow to load, and seldom wanted

        labels = AllureLabels(load(), PROPERTY, session.plan.strictness)
        config.pluginmanager.register(labels, "conformance-allure")  # after the runner, so around it


@pytest.fixture
def api_version(request: pytest.FixtureRequest) -> ApiVersion:
    """The API version under test."""
    version: ApiVersion = request.param
    return version


@pytest.fixture
def worker(pytestconfig: pytest.Config) -> WorkerSession:
    """This worker of the run."""
    return pytestconfig.stash[_RUNNER].session


@pytest.fixture
def api(api_version: ApiVersion, worker: WorkerSession) -> Client:
    """A client in the version under test; its exchanges are the evidence of the case."""
    return worker.api(api_version)


@pytest.fixture
def daemon(worker: WorkerSession) -> Daemon:
    """Facts about the daemon and its host."""
    return worker.daemon


@pytest.fixture
def env(worker: WorkerSession) -> Environment:
    """The environment, in the daemon's newest version; the objects of a check are removed when it ends."""
    return worker.env


@pytest.fixture
def private_engines(worker: WorkerSession) -> PrivateEngines:
    """Further engines of the build under test, which are started when a check asks for them."""
    return worker.private_engines
