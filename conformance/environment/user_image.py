"""An image that the user names, in place of the suite's own: does it hold what checks look for in it?"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress

from conformance.environment import cleanup
from conformance.environment.ledger import LABEL, Ledger
from conformance.environment.rootfs import FILES
from conformance.http.client import Client
from conformance.http.errors import Malformed
from conformance.http.tar import unpack
from conformance.model.errors import DaemonFault, UsageError

#: How lines of /etc/passwd and /etc/group begin whose users and groups checks name.
_LINES = {
    "etc/passwd": ("tester:x:1000:1000:",),
    "etc/group": ("audio:x:29:", "video:x:44:", "extra:x:2000:"),
}
_MISSING = "the image {image} (--image) has {what}: checks need a busybox, /fixtures, users and groups as in the suite's own image"


def look(client: Client, ledger: Ledger, image: str) -> str:
    """Look into `image` without running it; returns why nothing can be made of it ("" when it can).

    Raises UsageError when it lacks what checks need. What the daemon does not let us see counts as there.
    """
    run = ledger.info
    name = f"{run.prefix}look-{secrets.token_hex(4)}"
    body = {"Image": image, "Cmd": ["true"], "Labels": {LABEL: run.run}}
    ledger.will_create("container", name)
    try:
        created = client.post("/containers/create", {"name": name}, json=body)
        if not created.ok:
            return f"no container can be made of the image {image} (--image): {created.error[:300]}"
        lacks = list(_lacks(client, f"/containers/{name}/archive"))
    except DaemonFault as fault:
        return str(fault)
    finally:
        with suppress(DaemonFault):
            if not cleanup.remove(client, "container", name):
                ledger.gone("container", name)
        client.close()
    if lacks:
        raise UsageError(_MISSING.format(image=image, what=", ".join(lacks)))
    return ""


def _lacks(client: Client, archive: str) -> Iterator[str]:
    if not client.head(archive, {"path": "/"}).ok:
        return  # this daemon shows nothing of any container
    if client.head(archive, {"path": "/bin/sh"}).status == 404:
        yield "no /bin/sh"
    for path, lines in _LINES.items():
        held = _content(client, archive, path)
        there = held.decode("utf-8", "replace").splitlines() if held is not None else lines
        yield from (
            f"no {line!r} in /{path}" for line in lines if not any(row.startswith(line) for row in there)
        )
    for path, (*_, content) in FILES.items():
        if path.startswith("fixtures/") and _content(client, archive, path) not in (content, None):
            yield f"no /{path}, or another one"


def _content(client: Client, archive: str, path: str) -> bytes | None:
    """What a file holds, nothing for one that is not there, and None when that cannot be told."""
    answer = client.get(archive, {"path": f"/{path}"})
    try:
        members = unpack(answer.body) if answer.ok else {}
    except Malformed:
        return None
    if answer.status == 404:
        return b""
    return next((member.content for member in members.values()), None)
