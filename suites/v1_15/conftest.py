"""The stage of the terminals: an exec instance with one, which tells its size when asked."""

import pytest

from conformance.stage import lasting


@pytest.fixture
def terminal(stage):
    """An exec instance that runs and has a terminal; it runs on when a check has given it a size."""
    return lasting.terminal(stage)
