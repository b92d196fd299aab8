"""The pytest plugin: in which versions a check runs, and what became of it.

In the order in which pytest calls: options, configure, session start (the daemon is opened, once, by the controller),
collection (checks unroll over versions), each case (setup, call, teardown), session finish (the report is completed).
It wakes up only for the suites: their conftest calls ``activate``.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conformance.checks import Binding
from conformance.client import Client
from conformance.daemons.identity import Daemon
from conformance.errors import Unreachable, UsageError
from conformance.options import OPTIONS
from conformance.recorder import Recorder
from conformance.results import Result, Verdict, case_of
from conformance.session import Plan, Session
from conformance.setup import Run
from conformance.stage import Stage
from conformance.versions import ApiVersion

ACTIVE = pytest.StashKey[bool]()
SESSION = pytest.StashKey[Session]()
RECORDER = pytest.StashKey[Recorder]()
RUN = pytest.StashKey[Run]()
FILTERED = pytest.StashKey[list[str]]()
_FILTERED_WHY = "filtered away (-k, -m, --lf or a name)"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run."""
    group = parser.getgroup("conformance", "Docker Remote API conformance")
    for option in OPTIONS:
        group.addoption(option.flag, **option.keywords)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks."""
    config.addinivalue_line("markers", "change(binding): the documented change that a check is bound to (use @since and its kin)")
    config.addinivalue_line("markers", "needs(*names): capabilities that this check needs beyond those of its change")


def activate(config: pytest.Config) -> None:
    """Say that suites are going to run in this pytest; called by the suites' conftest."""
    config.stash[ACTIVE] = True


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Open the daemon, in the controller; in a worker, take over what the controller found."""
    config = session.config
    if not config.stash.get(ACTIVE, False):
        return
    if _is_worker(config):
        plan = msgspec.json.decode(config.workerinput["conformance"], type=Plan)  # type: ignore[attr-defined]
        config.stash[SESSION] = Session(plan, config.workerinput["workerid"])  # type: ignore[attr-defined]
        return
    run = Run(config.option, workers=getattr(config.option, "numprocesses", None) or 0)
    try:
        run.open(listen=getattr(config.option, "conformance_listen", None))
    except Unreachable as error:
        run.close()
        pytest.exit(str(error), returncode=4)
    except UsageError as error:
        run.close()
        pytest.exit(str(error), returncode=2)
    except BaseException:
        run.close()
        raise
    config.stash[RUN] = run
    config.add_cleanup(run.close)
    assert run.recorder is not None
    config.stash[RECORDER] = run.recorder
    if not _distributes(config):
        config.stash[SESSION] = Session(run.plan, "main")


def _distributes(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "tx", None)) and getattr(config.option, "dist", "no") != "no"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the plan to a worker of pytest-xdist."""
    run = node.config.stash.get(RUN, None)
    if run is not None:
        node.workerinput["conformance"] = msgspec.json.encode(run.plan).decode()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which daemon is asked, and in which versions."""
    run = config.stash.get(RUN, None)
    return run.describe() if run is not None else []


# collection


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Unroll a check over the versions that it covers."""
    mark = metafunc.definition.get_closest_marker("change")
    if mark is None:
        return
    binding: Binding = mark.args[0]
    session = metafunc.config.stash.get(SESSION, None)
    versions: list[ApiVersion] = []
    if session is not None and session.plan.selects(binding.change):
        versions = [version for version in session.versions if binding.covers(version)]
    metafunc.parametrize("api_version", versions, indirect=True, ids=[f"{binding.change}@{version}" for version in versions])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drop what the selection of changes and versions leaves out; remember all that is left, before any filter."""
    session = config.stash.get(SESSION, None)
    if session is None:
        return
    kept = []
    for item in items:
        if item.get_closest_marker("change") is None:
            kept.append(item)
            continue
        case = case_of(item.nodeid)
        if case is not None and (session.plan.cases is None or case.key in session.plan.cases):
            kept.append(item)
    items[:] = kept
    config.stash[FILTERED] = []
    if RECORDER in config.stash:
        config.stash[RECORDER].expect([item.nodeid for item in items])


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Remember what pytest filters away: those cases are not run, and the run says so."""
    if not items or FILTERED not in items[0].config.stash:
        return
    config = items[0].config
    config.stash[FILTERED] += [item.nodeid for item in items]
    if RECORDER in config.stash:
        config.stash[RECORDER].left_out([item.nodeid for item in items], _FILTERED_WHY)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """Take the list of what is to run from a worker, as the controller does not collect."""
    recorder = node.config.stash.get(RECORDER, None)
    if recorder is not None:
        recorder.expect(list(ids))


# a case


def _begin(item: pytest.Item) -> Session | None:
    session = item.config.stash.get(SESSION, None)
    case = case_of(item.nodeid)
    if session is None or case is None or item.get_closest_marker("change") is None:
        return None
    return session


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start the case; refuse it when its version is unserved or a declared need is missing."""
    session = _begin(item)
    if session is None:
        return
    mark = item.get_closest_marker("change")
    case = case_of(item.nodeid)
    assert mark is not None and case is not None
    running = session.begin(case)
    needs = [name for need in item.iter_markers("needs") for name in need.args]
    refusal = session.refusal(mark.args[0], needs, ApiVersion.parse(case.version))
    if refusal.verdict is not Verdict.PASS:
        running.worsen(refusal)
        pytest.skip(refusal.reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, pytest.TestReport]:
    """Judge each phase; the last one carries result and evidence to the controller."""
    report: pytest.TestReport = yield
    session = _begin(item)
    if session is None or session.running is None:
        return report
    refused = call.when == "setup" and session.running.finding.verdict is not Verdict.PASS
    if call.excinfo is not None and not refused:
        if isinstance(call.excinfo.value, KeyboardInterrupt | pytest.exit.Exception):
            return report
        session.saw(call.when, call.excinfo.value, report.longreprtext)
    if call.when == "teardown":
        session.stage.clear()
        result, evidence = session.end()
        report.user_properties.append(("conformance", json.dumps([msgspec.to_builtins(result), evidence])))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In the controller: take the result that came with a report, or the death of a worker."""
    recorder = _recorder
    if recorder is None:
        return
    carried = next((value for name, value in report.user_properties if name == "conformance"), None)
    if carried is not None:
        result, evidence = json.loads(str(carried))
        recorder.record(msgspec.convert(result, Result), evidence)
    elif report.when not in ("setup", "call", "teardown"):
        recorder.crashed(report.nodeid, "the worker died while it ran this case")


_recorder: Recorder | None = None


@pytest.hookimpl(trylast=True)
def pytest_collection(session: pytest.Session) -> None:
    """Make the recorder known to reports, which come without a config."""
    global _recorder
    _recorder = session.config.stash.get(RECORDER, None)


# the end


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Clean the stage; a worker reports its leaks and filtered cases, the controller completes the report."""
    config = session.config
    own = config.stash.get(SESSION, None)
    leaks = own.close() if own is not None else []
    if _is_worker(config):
        config.workeroutput["conformance"] = {  # type: ignore[attr-defined]
            "leaks": leaks,
            "filtered": config.stash.get(FILTERED, []),
            "gone": own.gone if own is not None else "",
        }
        return
    run = config.stash.get(RUN, None)
    if run is not None and run.recorder is not None:
        run.recorder.leaks += leaks
        if own is not None and own.gone:
            run.died(own.gone)
        why = "" if exitstatus in (0, 1, 5) else _why(exitstatus)
        session.exitstatus = run.finish(why)


def _why(exitstatus: int) -> str:
    known = {2: "the run was interrupted", 3: "the harness broke (internal error of pytest)", 4: "pytest was used wrongly"}
    return known.get(int(exitstatus), f"pytest ended with status {int(exitstatus)}")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over what a worker has to say at its end."""
    run = node.config.stash.get(RUN, None)
    said = getattr(node, "workeroutput", {}).get("conformance")
    if run is None or run.recorder is None or not said:
        return
    run.recorder.leaks += said["leaks"]
    run.recorder.left_out(said["filtered"], _FILTERED_WHY)
    if said["gone"]:
        run.died(said["gone"])


# fixtures


@pytest.fixture
def api_version(request: pytest.FixtureRequest) -> ApiVersion:
    """The API version under test."""
    version: ApiVersion = request.param
    return version


@pytest.fixture
def conformance_session(pytestconfig: pytest.Config) -> Session:
    """This worker's share of the run."""
    return pytestconfig.stash[SESSION]


@pytest.fixture
def api(api_version: ApiVersion, conformance_session: Session) -> Client:
    """The daemon in the version under test; what goes through it is the evidence."""
    return conformance_session.api(api_version)


@pytest.fixture
def daemon(conformance_session: Session) -> Daemon:
    """Facts of the daemon and its host."""
    return conformance_session.daemon


@pytest.fixture
def stage(conformance_session: Session) -> Iterator[Stage]:
    """The stage, in the daemon's newest version; what a check makes on it is removed when the check ends."""
    yield conformance_session.stage


def suites_folder() -> Path:
    """Where the suites are: beside the package in a checkout, inside it when installed."""
    here = Path(__file__).resolve().parent
    inside = here / "suites"
    return inside if inside.is_dir() else here.parent / "suites"
