"""The process of a client: ``python -m conformance.clients.worker JOB`` goes the steps and writes a line for each.

It is a process of its own so that another installation of the SDK can be tried, and so that a client that hangs or dies is no harm.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from conformance.clients.objects import Objects
from conformance.clients.protocol import Job, Message, Outcome
from conformance.clients.steps import steps_of
from conformance.model import codec
from conformance.model.errors import Unavailable
from conformance.model.text import one_line

#: The module and the class of each client, and the line that installs what it needs.
CLIENTS = {
    "docker-sdk": ("conformance.clients.docker_sdk", "DockerSdk", "pip install docker"),
    "docker-cli": ("conformance.clients.docker_command", "DockerCommand", "apt-get install docker-cli"),
    "requests": ("conformance.clients.plain_requests", "PlainRequests", "pip install requests-unixsocket"),
}


def main(argv: list[str]) -> int:
    """Do the job in `argv`; returns 0."""
    job = codec.decode(argv[1], Job)
    module, name, install = CLIENTS[job.client]
    objects = Objects(job)
    try:
        from conformance.clients.reads import note_reads  # needs requests, which may be what is missing

        kind = getattr(importlib.import_module(module), name)
        client = kind(job.socket, job.version, objects, job.program)
    except ImportError as error:
        _say(Message(unavailable=f"{one_line(str(error))}; install it with: {install}"))
        return 0
    except Unavailable as error:
        _say(Message(name=kind.title(job.program), unavailable=str(error)))
        return 0
    except Exception as error:  # noqa: BLE001  a client that is too old for this Python may fail in any way
        words = one_line(f"{type(error).__name__}: {error}")
        _say(Message(unavailable=f"does not work with this Python: {words}; install another with: {install}"))
        return 0
    _say(Message(name=client.title(job.program)))
    reads: dict[str, set[str]] = {}
    note_reads(reads)
    _go(client, job)
    _say(Message(reads={request: sorted(names) for request, names in reads.items()}))
    client.close()
    objects.close()
    return 0


def _go(client: Any, job: Job) -> None:
    failed: set[str] = set()
    for step in steps_of(job.version):
        blocking = next((name for name in step.needs if name in failed), "")
        _say(Message(begins=step.name))
        if not sys.stdin.readline():  # the process that started this one has ended
            return
        outcome, reason = Outcome.PASSED, ""
        if blocking:
            outcome, reason = Outcome.BLOCKED, f"{blocking} did not pass"
        else:
            try:
                getattr(client, step.method)()
            except Exception as error:  # noqa: BLE001  whatever the client raises is its verdict on the daemon
                outcome, reason = Outcome.FAILED, _describe(error)
        if outcome is not Outcome.PASSED:
            failed.add(step.name)
        _say(Message(ended=step.name, outcome=outcome, reason=reason))


def _describe(error: Exception) -> str:
    kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
    return one_line(f"{kind}{error}")


def _say(message: Message) -> None:
    sys.stdout.write(codec.encode(message).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
