"""How long each check takes, as recorded with the suites from published runs (``durations.json``: seconds by check)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from statistics import median

import msgspec

from conformance.catalogue.check_index import suites_dir
from conformance.model.errors import UsageError
from conformance.model.verdicts import Result, Verdict

FILE = "durations.json"


@cache
def durations(folder: Path | None = None) -> dict[str, float]:
    """The recorded seconds by check; empty if none are recorded. Raises UsageError for a damaged file."""
    path = (folder or suites_dir()) / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, float])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: not the recorded durations: {error}") from None


def recorded(results: list[Result]) -> dict[str, float]:
    """The median seconds of each check, in the order of their names."""
    seconds: dict[str, list[float]] = {}
    for result in results:
        if result.verdict not in (Verdict.NOT_RUN, Verdict.UNSERVED, Verdict.UNAVAILABLE):
            seconds.setdefault(result.case.check, []).append(result.seconds)
    return {check: round(median(seconds[check]), 3) for check in sorted(seconds)}
