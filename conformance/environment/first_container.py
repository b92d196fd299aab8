"""The first container of a run on a daemon whose process cannot be looked at: it shows the host, and talks back.

What it shows is the second witness beside ``GET /info``; that it talks back shows that nothing spoils hijacked connections: the
upgrade with which they begin since API v1.17, and the raw stream behind a 200, as all versions have it.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import NamedTuple

from conformance.catalogue import load
from conformance.engine.host_view import HostView, build_script, parse_view
from conformance.environment import cleanup
from conformance.environment.ledger import LABEL, Ledger
from conformance.environment.test_image import TestImage
from conformance.http.client import UPGRADE, Client
from conformance.http.errors import Malformed, Refused
from conformance.http.frames import STDOUT, payload
from conformance.http.messages import Headers
from conformance.model.errors import DaemonFault

#: Seconds for what is written to come back.
_PATIENCE = 5.0


class FirstContainer(NamedTuple):
    """What the container showed of its host (None: nothing), and whether it talked back (None: it did not run).

    `talks_upgraded` is about a connection that was upgraded, `talks_raw` about one that asked for no upgrade.
    """

    view: HostView | None = None
    talks_upgraded: bool | None = None
    talks_raw: bool | None = None


def run_first_container(client: Client, ledger: Ledger, image: TestImage) -> FirstContainer:
    """Run the container and remove it. A daemon on which that fails gives no witness; the checks will show why."""
    if image.fault:
        return FirstContainer()
    name = f"{ledger.info.prefix}first"
    script = f"{build_script(load().needs)}; while read -r line; do echo again $line; done"
    body = {
        "Image": image.reference,
        "Cmd": ["sh", "-c", script],
        "OpenStdin": True,
        "StdinOnce": True,
        "Labels": {LABEL: ledger.info.run},
        "HostConfig": {"NetworkMode": "none"},
    }
    try:
        with cleanup.temporary(client, ledger, "container", name):
            if not client.post("/containers/create", {"name": name}, json=body).ok:
                return FirstContainer()
            found = _talk(client, name)
            with suppress(Refused, Malformed):
                logged = client.get(f"/containers/{name}/logs", {"stdout": 1}).frames()
                return found._replace(view=parse_view(payload(logged, STDOUT).decode("utf-8", "replace")))
            return found
    except DaemonFault:
        return FirstContainer()


def _talk(client: Client, name: str) -> FirstContainer:
    """Start the container, and write a line over a connection of each kind, which has to come back."""
    timeouts = replace(client.timeouts, first_byte=_PATIENCE, silence=_PATIENCE)
    attaching = Client(client.endpoint, client.version, timeouts=timeouts, transcript=client.transcript)
    if not client.post(f"/containers/{name}/start").ok:
        return FirstContainer()
    with ExitStack() as stack:
        # The end of either connection is the end of the container's input.
        upgraded = _echoes(stack, attaching, name, "upgraded", UPGRADE)
        return FirstContainer(talks_upgraded=upgraded, talks_raw=_echoes(stack, attaching, name, "raw", ()))


def _echoes(stack: ExitStack, client: Client, name: str, word: str, headers: Headers) -> bool:
    """Whether a word that is written over an attached connection comes back. The connection stays open until `stack` ends."""
    query = {"stream": 1, "stdin": 1, "stdout": 1}
    wanted = f"again {word}".encode()
    try:
        attached = stack.enter_context(
            client.hijack("POST", f"/containers/{name}/attach", query, headers=headers)
        )
        if attached.status not in (101, 200):
            return False
        attached.send(f"{word}\n".encode())
        return wanted in attached.read_until(wanted, _PATIENCE)
    except DaemonFault:
        return False
