"""The stage that checks of all versions share. What a fixture makes here is only read, or belongs to one check."""

from conformance.plugin import activate


def pytest_configure(config):
    activate(config)
