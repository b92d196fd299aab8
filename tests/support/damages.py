"""Damages of a report file, each with the exit code of a command that reads it."""

from __future__ import annotations

import re

import pytest

_OTHER_VERDICT = {b'"pass"': b'"fail"', b'"fail"': b'"pass"'}


def truncate(data: bytes) -> bytes:
    """Cut in the footer."""
    return data[:-20]


def edit(data: bytes) -> bytes:
    """Each pass is a failure, and each failure a pass."""
    return re.sub(rb'"pass"|"fail"', lambda verdict: _OTHER_VERDICT[verdict[0]], data)


def interrupt(data: bytes) -> bytes:
    """Without a footer, as a run that was interrupted leaves it."""
    return data.rpartition(b'{"footer"')[0]


def replace(data: bytes) -> bytes:
    """Something else than a report."""
    return b"hello\n"


def postdate(data: bytes) -> bytes:
    """Of a format that is to come."""
    return data.replace(b'"format":2', b'"format":99')


#: For a test of a command with the arguments `damage` and `code`.
EACH_DAMAGE = pytest.mark.parametrize(
    ("damage", "code"),
    [(truncate, 3), (edit, 2), (interrupt, 3), (replace, 2), (postdate, 2)],
    ids=["truncated", "edited", "interrupted", "foreign", "future"],
)
