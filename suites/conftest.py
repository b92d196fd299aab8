"""Makes the fixtures of every noun known to all suites, and wakes the plugin."""

import contextlib
import sys
from pathlib import Path

import pytest

from conformance.environment import unknown_drivers
from conformance.runner.plugin import activate
from conformance.testing import FixtureError

sys.path.insert(0, str(Path(__file__).parent))
pytest_plugins = [
    f"fixtures.{path.stem}" for path in sorted((Path(__file__).parent / "fixtures").glob("[a-z]*.py"))
]


def pytest_configure(config):
    activate(config)


@pytest.fixture(autouse=True)
def _early(request, worker):
    """With the first check of a run, send what an engine takes seconds to answer and a later check wants to know."""
    worker.env.share("early", lambda: _ask_early(worker, request.session.items))


def _ask_early(session, items):
    # A proof runs single cases: there each would have to wait for all.
    for kind, version in unknown_drivers.wanted(items) if session.plan.ahead else ():
        if session.daemon.serves(version):
            with contextlib.suppress(FixtureError):
                unknown_drivers.asked(session.env, session.api(version), kind)
