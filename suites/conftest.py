"""The environment that checks of all versions share. What a fixture makes here is only read, or belongs to one check."""

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
from conformance.model.errors import FixtureError
from conformance.runner.plugin import activate


def pytest_configure(config):
    activate(config)


@pytest.fixture(autouse=True)
def _early(request, worker):
    """With the first check of a run, send what an engine takes seconds to answer and a later check wants to know."""
    worker.env.shared("early", lambda: _ask_early(worker, request.session.items))


def _ask_early(session, items):
    # A proof runs single cases: there each would have to wait for all.
    for kind, version in unknown_drivers.wanted(items) if session.plan.front is None else ():
        if session.daemon.serves(version):
            with contextlib.suppress(FixtureError):
                unknown_drivers.asked(session.env, session.api(version), kind)


@pytest.fixture
def recipe(env):
    """Makes what a build request carries; what the builds leave on the daemon goes when the worker ends."""
    return recipes(env)


@pytest.fixture
def shelf(env, daemon):
    """Names at the registry, credentials for it, and what it holds."""
    return env.shared("shelf", lambda: Shelf(env, daemon.registry))


@pytest.fixture
def offered(env, shelf):
    """Two names of one repository that the registry holds and the daemon does not have; a check may pull them."""
    names = env.shared("offered", lambda: shelf.offered("1", "2"))
    return [env.adopt("image", name) for name in names]


@pytest.fixture
def pulled(api, env, shelf):
    """A pull with good credentials in this version: its answer, and which of two names the daemon has then."""
    return Pulled(api, env, shelf)


@pytest.fixture
def clients(worker):
    """A client for each version that is asked and served."""
    session = worker
    return [session.api(version) for version in session.versions if session.daemon.serves(version)]


@pytest.fixture
def witnessed(api, env, clients):
    """Does a deed once per worker while every version streams events; gives what it returned and what this one heard."""

    def ask(deed):
        seen = env.shared((deed.__module__, deed.__qualname__), lambda: witness(env, clients, deed))
        return seen.facts, seen.hearing(api)

    return ask


@pytest.fixture
def consumption(env, clients, daemon):
    """A container with two interfaces, whose stats all versions read at the same time, once per worker."""
    return env.shared(
        "consumption", lambda: consume(env, clients, limited=not daemon.missing("memory-cgroup"))
    )


@pytest.fixture
def limits_in_build(api, env, recipe, daemon):
    """Builds with the given query, alone or beside others, and returns the limits that a process of the build finds."""
    return LimitedBuilds(env, recipe, daemon, api)


@pytest.fixture
def limited(api, env, daemon):
    """Creates containers with the given limits, alone or beside others, and returns those that the process finds."""
    return LimitedContainers(env, daemon, api)


@pytest.fixture
def configured_at_start(api, env):
    """Starts a container with the given members of a host configuration, alone or beside others; gives what it wrote.

    That is its status, and then what became of its try to write.
    """
    every = {"CapAdd": ["NET_ADMIN", "SYS_TIME"], "CapDrop": ["CHOWN", "KILL"], "ReadonlyRootfs": True}

    def ask(members):
        return started(env, api, "sh", "-c", "cat /proc/self/status; touch /new", **members)

    return lambda *names: at_once(
        env, api, "configured at start", {name: every[name] for name in names}, every, ask, not_started
    )
