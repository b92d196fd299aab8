"""Where a command's text goes: to stdout, or whole into a file."""

from __future__ import annotations

import sys
from pathlib import Path

from conformance.errors import UsageError
from conformance.results import write_whole


def put(path: Path | None, data: bytes) -> None:
    """Write to `path`, whole or not at all; to stdout if it is None. Raises UsageError if the file cannot be written."""
    if path is None:
        sys.stdout.write(data.decode())
        sys.stdout.flush()
        return
    try:
        write_whole(path, data)
    except OSError as error:
        raise UsageError(f"{path}: cannot write the file: {error.strerror}") from None
