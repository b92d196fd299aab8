"""Collecting the cases of a run: each check in each version of the plan, as far as the selection and the shard go.

A case is set here, once, and attached to the pytest item with what its check is bound to. Under pytest-xdist the
controller does not collect: each worker writes what it has collected into the run's own folder before it reports its
collection, and the controller reads it there.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import msgspec
import pytest

from conformance.catalogue import load
from conformance.catalogue.binding import Binding
from conformance.catalogue.check_index import checks, suites_dir
from conformance.catalogue.durations import durations
from conformance.environment.ledger import RunInfo, state_directory
from conformance.model import codec
from conformance.model.cases import Case
from conformance.model.shard import Shard
from conformance.model.versions import ApiVersion
from conformance.runner.marks import binding_of, side_of
from conformance.runner.plan import Scope, Selection
from conformance.runner.shards import split

CASE = pytest.StashKey[Case]()
BINDING = pytest.StashKey[Binding]()
#: In the pytest configuration: what is collected where nothing is run.
SCOPE = pytest.StashKey[Scope]()
#: The fixture through which checks start further engines.
FURTHER_ENGINES = "private_engines"


class Collection(msgspec.Struct):
    """What a process has collected: the cases by node id, in their order, and the node ids that a filter took away.

    Of a shard, `total` is the number of cases of all shards, and `positions` are the places of its own among them.
    """

    cases: dict[str, Case] = {}
    filtered: list[str] = []
    total: int = 0
    positions: list[int] = []


class Collector:
    """A pytest plugin of each process that collects; without a scope, the versions that have statements are collected.

    `report` is called with the collection when it is complete.
    """

    def __init__(self, scope: Scope | None, report: Callable[[Collection], None]) -> None:
        self._scope = scope
        self._report = report
        self._collection = Collection()

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Skip the files of the suites without a selected check: to import them all takes longer than a few cases."""
        if self._files is None or collection_path.suffix != ".py":
            return None
        path = collection_path.resolve()
        return None if path in self._files or not path.is_relative_to(suites_dir()) else True

    @cached_property
    def _files(self) -> set[Path] | None:
        """The files with a check of the selection; None if nothing is left out."""
        selection = Selection() if self._scope is None else self._scope.selection
        if selection.changes is None and selection.cases is None:
            return None
        return {
            suites_dir() / check.file
            for change, bound in checks().items()
            if selection.has(change)
            for check in bound
        }

    @pytest.hookimpl(tryfirst=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Unroll a check over the versions that it covers."""
        binding = binding_of(metafunc.definition)
        if binding is None:
            return
        covered = self._versions_of(binding)
        ids = [_version_id(binding, version) for version in covered]
        metafunc.parametrize("api_version", covered, indirect=True, ids=ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Attach the cases, and drop what the selection and the shard leave out, before any filter of pytest."""
        for item in items:
            _attach_case(item)
        items[:] = [item for item in items if self._keeps(item)]
        shard = self._scope.selection.shard if self._scope is not None else None
        if shard is not None:
            self._take_share(items, shard)
        self._collection.cases = {item.nodeid: item.stash[CASE] for item in items if CASE in item.stash}
        # after that: the report keeps the order of the suites
        items.sort(key=lambda item: (*_engines_of(item), item.path.name))

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Note what a filter of pytest takes away: those cases are not run, and the report says so."""
        self._collection.filtered += [item.nodeid for item in items]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self) -> None:
        """Report the collection; let the garbage collector pass over it, as all of it stays to the end."""
        self._report(self._collection)
        gc.freeze()

    def _versions_of(self, binding: Binding) -> list[ApiVersion]:
        if self._scope is not None:
            return self._scope.versions_of(binding)
        catalogue = load()
        # one newer version shows the checks of what a later document changed
        shown = dict.fromkeys([*catalogue.versions, catalogue.askable[-1]])
        return [version for version in shown if binding.covers(version)]

    def _keeps(self, item: pytest.Item) -> bool:
        if binding_of(item) is None:
            return True
        wanted = None if self._scope is None else self._scope.selection.cases
        return CASE in item.stash and (wanted is None or item.stash[CASE].key in wanted)

    def _take_share(self, items: list[pytest.Item], shard: Shard) -> None:
        checks = [(item.nodeid, item.stash[CASE].check if CASE in item.stash else "") for item in items]
        numbers = split(checks, shard.total, durations())
        self._collection.total = len(items)
        self._collection.positions = [place for place, number in enumerate(numbers) if number == shard.number]
        items[:] = [items[place] for place in self._collection.positions]


def case_of(item: pytest.Item) -> Case | None:
    """The case of a collected item; None when the test is not a check."""
    return item.stash.get(CASE, None)


def _engines_of(item: pytest.Item) -> tuple[bool, list[str]]:
    """A key that puts checks of the same further engines together, before those that need none.

    One worker then starts such an engine, not each of them, and waits for it while others ask the daemon under test. For the
    same reason checks of one subject (a file name of the suites) come together: they share what fixtures make once a worker.
    """
    fixtures = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}

    def users_of(names: set[str]) -> list[str]:
        return sorted(
            name for name, definitions in fixtures.items() if not names.isdisjoint(definitions[-1].argnames)
        )

    starters = users_of({FURTHER_ENGINES})
    engines = users_of(set(starters)) or starters
    return not engines, engines


def _version_id(binding: Binding, version: ApiVersion) -> str:
    return f"{binding.change}@{version}"


def _attach_case(item: pytest.Item) -> None:
    """Set the case of an item; a check without a version to ask has none (pytest collects it to skip it)."""
    binding = binding_of(item)
    callspec = getattr(item, "callspec", None)
    if binding is None or not isinstance(item, pytest.Function) or callspec is None:
        return
    version = callspec.params.get("api_version")
    if not isinstance(version, ApiVersion):
        return
    # the version is the first parameter, so pytest's id of the others follows its own
    parameters = callspec.id.removeprefix(_version_id(binding, version)).removeprefix("-")
    item.stash[BINDING] = binding
    item.stash[CASE] = Case(
        change=binding.change,
        test=item.originalname,
        parameters=parameters,
        version=version,
        side=side_of(binding.change, version),
    )


def write_collection(run: RunInfo, process: str, collection: Collection) -> None:
    """Leave what a worker has collected for its controller."""
    _path(run, process).write_bytes(codec.encode(collection))


def read_collection(run: RunInfo, process: str) -> Collection:
    """What the worker of that name has collected."""
    return codec.decode(_path(run, process).read_bytes(), Collection)


def _path(run: RunInfo, process: str) -> Path:
    return state_directory() / run.run / f"collected-{process}.json"
