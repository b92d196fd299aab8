"""The first container of a run on a daemon whose process cannot be looked at: it shows the host, and talks back.

What it shows is the second witness beside ``GET /info``; that it talks back shows that nothing loses the upgrade with which
hijacked connections begin.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from conformance.catalogue import load
from conformance.engine.host_view import HostView, build_script, parse_view
from conformance.environment import cleanup
from conformance.environment.ledger import LABEL, Ledger
from conformance.environment.test_image import TestImage
from conformance.http.client import Client
from conformance.http.errors import Malformed, Refused
from conformance.http.frames import STDOUT, payload
from conformance.model.errors import DaemonFault

_WORD = b"again hello"
#: Seconds for what is written to come back.
_PATIENCE = 5.0


class FirstContainer(NamedTuple):
    """What the container showed of its host (None: nothing), and whether it talked back (None: it did not run)."""

    view: HostView | None
    talks: bool | None


def run_first_container(client: Client, ledger: Ledger, image: TestImage) -> FirstContainer:
    """Run the container and remove it. A daemon on which that fails gives no witness; the checks will show why."""
    if image.fault:
        return FirstContainer(None, None)
    name = f"{ledger.info.prefix}first"
    script = f"{build_script(load().needs)}; read -r line; echo again $line"
    body = {
        "Image": image.id,
        "Cmd": ["sh", "-c", script],
        "OpenStdin": True,
        "StdinOnce": True,
        "Labels": {LABEL: ledger.info.run},
        "HostConfig": {"NetworkMode": "none"},
    }
    ledger.will_create("container", name)
    try:
        if not client.post("/containers/create", {"name": name}, json=body).ok:
            return FirstContainer(None, None)
        talks = _talk(client, name)
        with suppress(Refused, Malformed):
            logged = client.get(f"/containers/{name}/logs", {"stdout": 1}).frames()
            return FirstContainer(parse_view(payload(logged, STDOUT).decode("utf-8", "replace")), talks)
        return FirstContainer(None, talks)
    except DaemonFault:
        return FirstContainer(None, None)
    finally:
        with suppress(DaemonFault):
            if not cleanup.remove(client, "container", name):
                ledger.gone("container", name)


def _talk(client: Client, name: str) -> bool | None:
    """Start the container attached, write a line and wait for it to come back; None when it does not start."""
    timeouts = replace(client.timeouts, first_byte=_PATIENCE, silence=_PATIENCE)
    attaching = Client(client.endpoint, client.version, timeouts=timeouts, transcript=client.transcript)
    query = {"stream": 1, "stdin": 1, "stdout": 1}
    try:
        with attaching.hijack("POST", f"/containers/{name}/attach", query) as attached:
            if not client.post(f"/containers/{name}/start").ok:
                return None
            if attached.status not in (101, 200):
                return False
            attached.send(b"hello\n")
            return _WORD in attached.read_until(_WORD, _PATIENCE)
    except DaemonFault:
        client.post(f"/containers/{name}/start")
        return False
