"""Checks that an image named by the user has the files, users and groups that the suite needs."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from conformance.environment import cleanup
from conformance.environment.ledger import LABEL, Ledger
from conformance.environment.rootfs import FILES
from conformance.http.client import Client
from conformance.http.errors import Malformed
from conformance.http.tar import unpack
from conformance.model.errors import DaemonFault, UsageError

#: Beginnings of required lines of /etc/passwd and /etc/group.
_LINES = {
    "etc/passwd": ("tester:x:1000:1000:",),
    "etc/group": ("audio:x:29:", "video:x:44:", "extra:x:2000:"),
}
_MISSING = "the image {image} (--image) has {what}: checks need a busybox, /fixtures, users and groups as in the suite's own image"


def look(client: Client, ledger: Ledger, image: str) -> str:
    """Inspect the files of `image` without running it; returns why it cannot be used ("" when it can).

    Raises UsageError when required files or lines are missing. Files that the daemon does not show count as present.
    """
    run = ledger.info
    name = f"{run.prefix}look-{secrets.token_hex(4)}"
    body = {"Image": image, "Cmd": ["true"], "Labels": {LABEL: run.run}}
    try:
        with cleanup.temporary(client, ledger, "container", name):
            created = client.post("/containers/create", {"name": name}, json=body)
            if not created.ok:
                return f"failed to create a container from the image {image} (--image): {created.error[:300]}"
            lacks = list(_lacks(client, f"/containers/{name}/archive"))
    except DaemonFault as fault:
        return str(fault)
    finally:
        client.close()
    if lacks:
        raise UsageError(_MISSING.format(image=image, what=", ".join(lacks)))
    return ""


def _lacks(client: Client, archive: str) -> Iterator[str]:
    if not client.head(archive, {"path": "/"}).ok:
        return  # this daemon shows no files of any container
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
            yield f"no /{path}, or another content"


def _content(client: Client, archive: str, path: str) -> bytes | None:
    """The content of a file, b"" if there is no such file, None if the daemon does not show it."""
    answer = client.get(archive, {"path": f"/{path}"})
    try:
        members = unpack(answer.body) if answer.ok else {}
    except Malformed:
        return None
    if answer.status == 404:
        return b""
    return next((member.content for member in members.values()), None)
