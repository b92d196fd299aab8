"""Which versions a run asks, and what it selects."""

import pytest

from conformance.catalogue import load
from conformance.engine.identity import Daemon, HostFacts, Identity
from conformance.http.endpoint import Endpoint
from conformance.model.errors import UsageError
from conformance.model.policy import Policy
from conformance.model.versions import ApiVersion
from conformance.runner.options import RunOptions
from conformance.runner.plan import (
    Selection,
    choose_policy,
    choose_scope,
    plan_versions,
    select,
    split_served,
)

FLAGS = "1.19/info-booleans"


def daemon(oldest, newest):
    versions = {"oldest": ApiVersion.parse(oldest), "newest": ApiVersion.parse(newest)}
    return Daemon(
        target="test",
        sentence="",
        endpoint=Endpoint(path="/none"),
        identity=Identity(name="x", version="1", **versions),
        host=HostFacts(source="seen"),
        capabilities={},
    )


@pytest.mark.parametrize(
    ("oldest", "newest", "selection", "first", "last", "count"),
    [
        ("1.12", "1.41", "", "1.14", "1.41", 28),
        ("1.44", "1.60", "", "1.44", "1.55", 12),
        ("1.24", "1.51", "1.14-1.30", "1.24", "1.30", 7),
        ("1.24", "1.51", "all", "1.24", "1.51", 28),
        ("1.12", "1.41", "1.22", "1.22", "1.22", 1),
        ("1.40", "1.55", "1.44", "1.44", "1.44", 1),
        ("1.24", "1.51", "1.19,1.30-1.31", "1.19", "1.31", 3),
    ],
)
def test_the_versions_of_a_run(oldest, newest, selection, first, last, count):
    versions = plan_versions(load(), daemon(oldest, newest), selection)

    assert (str(versions[0]), str(versions[-1]), len(versions)) == (first, last, count)


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ("1.60", "--api 1.60: not in the catalogue (1.14-1.55)"),
        ("1.13", "--api 1.13: not in the catalogue (1.14-1.55)"),
        ("1.14-1.21", "--api 1.14-1.21: the daemon serves none of them (it serves 1.44-1.60)"),
        ("1.21-1.14", "--api 1.21-1.14: runs backwards; did you mean 1.14-1.21?"),
    ],
)
def test_a_selection_without_a_version_is_a_mistake(selection, message):
    with pytest.raises(UsageError) as error:
        plan_versions(load(), daemon("1.44", "1.60"), selection)

    assert str(error.value) == message


def test_a_daemon_outside_the_catalogue_cannot_be_asked():
    with pytest.raises(UsageError, match="the daemon serves none of them"):
        plan_versions(load(), daemon("1.60", "1.61"))


@pytest.mark.parametrize(
    ("options", "policy"),
    [
        (RunOptions(), Policy.CLASSES),
        (RunOptions(quick=True), Policy.EDGES),
        (RunOptions(every_version=True), Policy.EVERY_VERSION),
        (RunOptions(case=("a",)), Policy.EVERY_VERSION),
    ],
)
def test_options_choose_the_policy(options, policy):
    assert choose_policy(options) is policy


@pytest.mark.parametrize(
    ("options", "oldest", "newest", "amount"),
    [
        (RunOptions(), "1.14", "1.55", 42),
        (RunOptions(api="1.19-1.21,1.24"), "1.19", "1.24", 4),
        (RunOptions(change=(FLAGS,), quick=True), "1.14", "1.55", 42),
    ],
)
def test_without_a_daemon_the_scope_is_every_version(options, oldest, newest, amount):
    scope = choose_scope(options, load())

    assert (str(scope.versions[0]), str(scope.versions[-1]), len(scope.versions)) == (oldest, newest, amount)
    assert (scope.policy, scope.selection) == (choose_policy(options), select(options, load()))


def test_of_a_daemon_the_scope_is_what_it_serves():
    scope = choose_scope(RunOptions(api="1.40-1.45"), load(), daemon("1.44", "1.60"))

    assert [str(version) for version in scope.versions] == ["1.44", "1.45"]


@pytest.mark.parametrize("daemon", [None, daemon("1.44", "1.60")])
def test_a_scope_without_a_version_is_a_mistake(daemon):
    with pytest.raises(UsageError, match="not in the catalogue"):
        choose_scope(RunOptions(api="1.13"), load(), daemon)


def test_a_profile_and_statements_are_selected_together():
    profile = next(iter(load().profiles))
    selection = select(RunOptions(change=(FLAGS,), profile=(profile,)), load())

    assert set(selection.changes) == {FLAGS, *(change.id for change in load().in_profile(profile))}


@pytest.mark.parametrize("options", [RunOptions(change=("x/y",)), RunOptions(profile=("x",))])
def test_what_the_catalogue_does_not_have_is_a_mistake(options):
    with pytest.raises(UsageError, match="unknown"):
        select(options, load())


def test_a_selection_of_cases_has_their_statements_only():
    selection = Selection(cases=[f"{FLAGS}::test_it@1.19"])

    assert selection.has(FLAGS)
    assert not selection.has("1.19/info-boolean")


def test_versions_that_the_daemon_does_not_serve_are_not_asked():
    versions = [ApiVersion(1, minor) for minor in (23, 24, 51, 52)]

    served, unserved = split_served(versions, daemon("1.24", "1.51"))

    assert (served, unserved) == (versions[1:3], [versions[0], versions[3]])


def test_a_run_without_a_served_version_is_a_mistake():
    with pytest.raises(UsageError) as error:
        split_served([ApiVersion(1, 52), ApiVersion(1, 53)], daemon("1.24", "1.51"))

    assert str(error.value) == "--api 1.52,1.53: the daemon serves none of them (it serves 1.24-1.51)"
