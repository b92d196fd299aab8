"""The stage that checks of all versions share. What a fixture makes here is only read, or belongs to one check."""

import contextlib

import pytest

from conformance.environment import unknown_drivers
from conformance.environment.batch import at_once, not_started, started
from conformance.environment.event_recorder import witness
from conformance.environment.images import recipes
from conformance.environment.registry_images import Shelf
from conformance.environment.resource_limits import LimitedBuilds, LimitedContainers
from conformance.environment.shared_pull import Pulled
from conformance.environment.shared_stats import consume
from conformance.model.errors import StageError
from conformance.runner.plugin import activate


def pytest_configure(config):
    activate(config)


@pytest.fixture(autouse=True)
def _early(request, conformance_session):
    """With the first check of a run, send what an engine takes seconds to answer and a later check wants to know."""
    conformance_session.stage.shared("early", lambda: _ask_early(conformance_session, request.session.items))


def _ask_early(session, items):
    # A proof runs single cases: there each would have to wait for all.
    for kind, version in unknown_drivers.wanted(items) if session.plan.front is None else ():
        if session.daemon.serves(version):
            with contextlib.suppress(StageError):
                unknown_drivers.asked(session.stage, session.api(version), kind)


@pytest.fixture
def recipe(stage):
    """Makes what a build request carries; what the builds leave on the daemon goes when the worker ends."""
    return recipes(stage)


@pytest.fixture
def shelf(stage, daemon):
    """Names at the registry, credentials for it, and what it holds."""
    return stage.shared("shelf", lambda: Shelf(stage, daemon.registry))


@pytest.fixture
def offered(stage, shelf):
    """Two names of one repository that the registry holds and the daemon does not have; a check may pull them."""
    names = stage.shared("offered", lambda: shelf.offered("1", "2"))
    return [stage.adopt("image", name) for name in names]


@pytest.fixture
def pulled(api, stage, shelf):
    """A pull with good credentials in this version: its answer, and which of two names the daemon has then."""
    return Pulled(api, stage, shelf)


@pytest.fixture
def clients(conformance_session):
    """A client for each version that is asked and served."""
    session = conformance_session
    return [session.api(version) for version in session.versions if session.daemon.serves(version)]


@pytest.fixture
def witnessed(api, stage, clients):
    """Does a deed once per worker while every version streams events; gives what it returned and what this one heard."""

    def ask(deed):
        seen = stage.shared((deed.__module__, deed.__qualname__), lambda: witness(stage, clients, deed))
        return seen.facts, seen.hearing(api)

    return ask


@pytest.fixture
def consumption(stage, clients, daemon):
    """A container with two interfaces, whose stats all versions read at the same time, once per worker."""
    return stage.shared(
        "consumption", lambda: consume(stage, clients, limited=not daemon.missing("memory-cgroup"))
    )


@pytest.fixture
def limits_in_build(api, stage, recipe, daemon):
    """Builds with the given query, alone or beside others, and returns the limits that a process of the build finds."""
    return LimitedBuilds(stage, recipe, daemon, api)


@pytest.fixture
def limited(api, stage, daemon):
    """Creates containers with the given limits, alone or beside others, and returns those that the process finds."""
    return LimitedContainers(stage, daemon, api)


@pytest.fixture
def configured_at_start(api, stage):
    """Starts a container with the given members of a host configuration, alone or beside others; gives what it wrote.

    That is its status, and then what became of its try to write.
    """
    every = {"CapAdd": ["NET_ADMIN", "SYS_TIME"], "CapDrop": ["CHOWN", "KILL"], "ReadonlyRootfs": True}

    def ask(members):
        return started(stage, api, "sh", "-c", "cat /proc/self/status; touch /new", **members)

    return lambda *names: at_once(
        stage, api, "configured at start", {name: every[name] for name in names}, every, ask, not_started
    )
