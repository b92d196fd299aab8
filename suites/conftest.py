"""Loads the fixtures of every noun for all suites, and activates the plugin."""

import sys
from pathlib import Path

from conformance.runner.plugin import activate

sys.path.insert(0, str(Path(__file__).parent))
pytest_plugins = [
    f"fixtures.{path.stem}" for path in sorted((Path(__file__).parent / "fixtures").glob("[a-z]*.py"))
]


def pytest_configure(config):
    activate(config)
