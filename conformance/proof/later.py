"""What a later version of an API adds to an answer: harmless to a client of an older one, which ignores what it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.client import Client
from conformance.connection import Limits
from conformance.daemons.identity import Daemon
from conformance.errors import DaemonFault
from conformance.proof import edits
from conformance.proof.bodies import Body, Whole
from conformance.proof.faults import Fault
from conformance.versions import ApiVersion
from conformance.wire import Request, Response

#: Answers that go on, or are another each time.
_STREAMS = re.compile(r"/events|/containers/[^/]+/(stats|logs|export|archive)|/images/search")
#: Members whose objects are tables from names that the user chose: an entry more would be a lie, not an addition.
TABLES = frozenset(
    [
        "Labels",
        "ExposedPorts",
        "Volumes",
        "VolumesRW",
        "Ports",
        "PortBindings",
        "Networks",
        "Options",
        "DriverOpts",
        "Sysctls",
        "Tmpfs",
        "StorageOpt",
        "Containers",
        "IndexConfigs",
        "Config_Labels",
        "OnBuild",
        "Annotations",
        "networks",
        "stats",
        "attributes",
        "Attributes",
        "Data",
        "LogConfig",
        "Runtimes",
        "AuxiliaryAddresses",
    ]
)
_NAMES = ("Id", "ID", "Name")


def with_later_members(daemon: Daemon) -> Fault:
    """Members that the same question brings in the daemon's newest version, added to the answer in an older one."""

    def body(request: Request, answer: Response) -> Body | None:
        version = edits.version_of(request.target)
        kind = (answer.header("Content-Type") or "").partition(";")[0]
        if request.method != "GET" or answer.status != 200 or kind != "application/json" or not version:
            return None
        bare = edits.with_version(request.target, "")
        if ApiVersion.parse(version) >= daemon.newest or _STREAMS.match(bare):
            return None
        newest = _ask(daemon, bare)
        return Whole(edits.json_bytes(lambda document: merged(document, newest)))

    return Fault(body=body)


def _ask(daemon: Daemon, target: str) -> Any:
    client = Client(daemon.endpoint, daemon.newest, limits=Limits(first_byte=5, silence=5, total=5))
    try:
        return client.get(target).json()
    except (DaemonFault, AssertionError):
        return None  # what the newest version does not have adds nothing
    finally:
        client.close()


def merged(old: Any, new: Any, name: str = "") -> Any:
    """The older document with the members of the newer one that it does not have, however deep.

    Objects that are tables from names of the user's choice stay as they are: their entries are not the version's.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        more = {} if name in TABLES else {key: value for key, value in new.items() if key not in old}
        return {**{key: merged(value, new.get(key), key) for key, value in old.items()}, **more}
    if isinstance(old, list) and isinstance(new, list):
        return [merged(mine, theirs, name) for mine, theirs in _pairs(old, new)]
    return old


def _pairs(old: list[Any], new: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each element of the older list with the newer one's of the same object, or None."""
    named = {known: element for element in new if (known := _identity(element)) is not None}
    for place, element in enumerate(old):
        known = _identity(element)
        if known is not None:
            yield element, named.get(known)
        else:
            yield element, new[place] if len(new) == len(old) else None


def _identity(element: Any) -> tuple[str, str] | None:
    if isinstance(element, dict):
        for name in _NAMES:
            if isinstance(element.get(name), str):
                return name, element[name]
    return None
