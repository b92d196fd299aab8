"""The stage of the terminals: an exec instance with one, which tells its size when asked."""

from contextlib import suppress

import pytest

from conformance.errors import DaemonFault, StageError


class Terminal:
    """A running exec instance with a terminal of its own."""

    def __init__(self, instance, started):
        self.instance = instance
        self._started = started

    def size(self):
        """Rows and columns as the process finds them; the process ends with that."""
        self._started.send(b"\n")
        return self._started.rest().decode().split("size")[-1].strip()


@pytest.fixture
def terminal(stage):
    """An exec instance that runs and has a terminal."""
    script = "echo ready; read go; echo size $(stty size)"
    instance = stage.prepare(stage.resting(), "sh", "-c", script, Tty=True, AttachStdin=True)
    with stage.client.hijack(
        "POST", f"/exec/{instance}/start", json={"Detach": False, "Tty": True}
    ) as started:
        try:
            started.read_until(b"ready")
        except (AssertionError, DaemonFault) as error:
            raise StageError(f"no exec instance with a terminal can be had: {error}") from error
        yield Terminal(instance, started)
        with suppress(DaemonFault):
            started.send(b"\n")
