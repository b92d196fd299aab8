"""The share of a run's time in which it holds answers against the documents.

Runs ``docker-conformance run`` with the arguments of the command line in this one process, so that every call can be timed, and
prints one line of JSON: seconds of the run and of the calls. Schemas that are compiled, and members that are noted for the
coverage, count.
"""

import functools
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from conformance.__main__ import main
from conformance.catalogue.answers import Answers

TIMED = ("violations", "deviations", "seen", "known", "statuses", "produces")


class Stopwatch:
    """Adds up the time of calls; a call inside another one counts once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0

    def time(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed."""

        @functools.wraps(function)
        def timed(*arguments: Any, **keywords: Any) -> Any:
            begun = time.perf_counter()
            self._depth += 1
            try:
                return function(*arguments, **keywords)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.seconds += time.perf_counter() - begun

        return timed


def measure(arguments: list[str]) -> int:
    """Run with these arguments; returns the exit code of the run."""
    stopwatch = Stopwatch()
    for name in TIMED:
        setattr(Answers, name, stopwatch.time(getattr(Answers, name)))
    sys.argv = ["docker-conformance", "run", *arguments]
    begun = time.perf_counter()
    code = main()
    figures = {"run": time.perf_counter() - begun, "validation": stopwatch.seconds}
    print(json.dumps(figures), flush=True)
    return code


if __name__ == "__main__":
    raise SystemExit(measure(sys.argv[1:]))
