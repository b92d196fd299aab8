"""Start one of our own small processes, which lives no longer than the pipe on its standard input."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from typing import Any

# The package's own __init__ brings pytest in; a helper does without it, and without site-packages, and so starts
# in a tenth of the time. An empty package of the same name and place stands in for it.
_BOOT = """
import importlib, sys, types
package = types.ModuleType("conformance")
package.__path__ = [sys.argv[1]]
sys.modules["conformance"] = package
importlib.import_module(sys.argv[2]).main()
"""


class Helper:
    """A running ``conformance.engine.private.MODULE.main()`` that was told `order` and answers in JSON lines."""

    def __init__(self, module: str, order: dict[str, Any], stderr: str) -> None:
        package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        with open(stderr, "ab") as errors:
            # A session of its own: a Ctrl-C at the terminal is for the suite, which then closes the pipe.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _BOOT, package, f"conformance.engine.private.{module}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                text=True,
            )
        self.say(order)

    @property
    def pid(self) -> int:
        """The helper's process id."""
        return self._process.pid

    def say(self, order: dict[str, Any]) -> None:
        """Send one JSON line; a helper that has ended already is no error."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Wait for one JSON line; empty when the helper has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {}

    def is_heard(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds for something to hear, which may be the helper's end."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], timeout)[0])

    def has_closed(self) -> bool:
        """Tell whether the helper has ended."""
        return self._process.poll() is not None

    def close(self, patience: float = 30.0) -> None:
        """Close the pipe and wait until the helper has ended; kill it after `patience` seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
