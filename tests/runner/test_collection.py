"""What pytest collects: each case with its own name, the same in the check index and in the collected tests."""

import json
import subprocess
import sys
import textwrap
from collections import Counter
from types import SimpleNamespace

import pytest

from conformance.catalogue import durations
from conformance.catalogue.check_index import checks, suites_dir
from conformance.runner.collection import Collector
from conformance.runner.plan import Selection

#: Collects all suites, each check in the edges of its window, and writes what came of it.
COLLECT = textwrap.dedent(
    """
    import json
    import sys
    import pytest
    from conformance.catalogue import load
    from conformance.runner.collection import SCOPE, case_of
    from conformance.runner.options import RunOptions
    from conformance.runner.plan import choose_scope

    class Writer:
        def pytest_configure(self, config):
            config.stash[SCOPE] = choose_scope(RunOptions(quick=True), load())

        def pytest_collection_finish(self, session):
            cases = [case_of(item) for item in session.items]
            rows = [[item.nodeid, case and [case.change, case.test, case.parameters, str(case.version), case.key],
                     "private_engines" in item.fixturenames, "swarm" in item.fixturenames]
                    for item, case in zip(session.items, cases)]
            json.dump(rows, open(sys.argv[2], "w"))

    sys.exit(pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", sys.argv[1]], plugins=[Writer()]))
    """
)


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collected")
    command = [sys.executable, "-c", COLLECT, suites_dir(), folder / "cases.json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=suites_dir().parent)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads((folder / "cases.json").read_text())


def test_every_test_of_the_suites_is_a_case(collected):
    assert [nodeid for nodeid, case, *_ in collected if case is None] == []


def test_no_two_cases_have_one_key(collected):
    amounts = Counter(case[4] for _, case, *_ in collected)

    assert [key for key, amount in amounts.items() if amount > 1] == []


def test_no_two_tests_of_a_statement_have_one_name():
    amounts = Counter(check.id for bound in checks().values() for check in bound)

    assert [name for name, amount in amounts.items() if amount > 1] == []


def test_the_collected_checks_are_in_the_check_index(collected):
    indexed = {check.id: check.file for bound in checks().values() for check in bound}
    found = {
        f"{case[0]}::{case[1]}": nodeid.partition("suites/")[2].partition("::")[0]
        for nodeid, case, *_ in collected
    }

    assert found == indexed


def test_parameters_are_those_that_pytest_shows(collected):
    for nodeid, (change, test, parameters, version, _), *_ in collected:
        tail = f"-{parameters}" if parameters else ""
        assert nodeid.endswith(f"::{test}[{change}@{version}{tail}]")


def test_checks_of_further_engines_come_first_those_of_one_together(collected):
    further = [row[2] for row in collected]
    in_swarm = [place for place, row in enumerate(collected) if row[3]]

    assert further == sorted(further, reverse=True)
    assert in_swarm == list(range(in_swarm[0], in_swarm[-1] + 1))


def test_recorded_durations_are_of_checks_that_exist():
    indexed = {check.id for bound in checks().values() for check in bound}

    assert set(durations.durations()) <= indexed


@pytest.mark.parametrize(
    ("changes", "cases", "expected"),
    [
        (None, None, None),
        (["1.19/info-booleans"], None, {"v1_19/test_info.py"}),
        (["1.19/info-booleans", "1.21/volumes-list"], None, {"v1_19/test_info.py", "v1_21/test_volumes.py"}),
        (None, ["1.19/info-booleans::test_flag_is_a_boolean[Debug]@1.19"], {"v1_19/test_info.py"}),
        (["1.21/volumes-list"], ["1.19/info-booleans::test_flag_is_a_boolean[Debug]@1.19"], set()),
    ],
    ids=["all", "a statement", "two statements", "a case", "a case of another statement"],
)
def test_only_files_with_a_selected_check_are_imported(changes, cases, expected, tmp_path):
    plan = SimpleNamespace(selection=Selection(changes=changes, cases=cases))
    collector = Collector(plan, lambda _: None)
    files = {suites_dir() / check.file for bound in checks().values() for check in bound}

    kept = {path for path in files if not collector.pytest_ignore_collect(path)}

    wanted = files if expected is None else {suites_dir() / file for file in expected}
    assert kept == wanted
    assert collector.pytest_ignore_collect(tmp_path / "test_of_others.py") is None
