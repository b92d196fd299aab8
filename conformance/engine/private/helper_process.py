"""Starts one of our own small processes, which ends when the pipe on its standard input is closed."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from typing import Any

# The package's own __init__ imports pytest. A helper does without it and without site-packages, and so starts in a tenth
# of the time: an empty package of the same name and place replaces it.
_BOOT = """
import importlib, sys, types
package = types.ModuleType("conformance")
package.__path__ = [sys.argv[1]]
sys.modules["conformance"] = package
importlib.import_module(sys.argv[2]).main()
"""


class Helper:
    """A running ``conformance.engine.private.MODULE.main()`` that got `settings` and answers in JSON lines."""

    def __init__(self, module: str, settings: dict[str, Any], stderr: str) -> None:
        package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        with open(stderr, "ab") as errors:
            # A session of its own: Ctrl-C at the terminal reaches the suite, which then closes the pipe.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _BOOT, package, f"conformance.engine.private.{module}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                text=True,
            )
        self.send(settings)

    @property
    def pid(self) -> int:
        """The helper's process id."""
        return self._process.pid

    def send(self, settings: dict[str, Any]) -> None:
        """Send one JSON line; ignored if the helper has ended already."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(settings) + "\n")
            self._process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """Wait for one JSON line; empty when the helper has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return json.loads(line) if line else {}

    def wait_readable(self, timeout: float) -> bool:
        """Whether a line, or the helper's end, comes within `timeout` seconds."""
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], timeout)[0])

    def has_ended(self) -> bool:
        """Whether the helper has ended."""
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
