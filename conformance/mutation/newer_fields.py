"""What a later version of an API adds to an answer: harmless to a client of an older one, which ignores what it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conformance.engine.identity import Daemon
from conformance.http.client import Client
from conformance.http.messages import Request, Response
from conformance.http.timeouts import Timeouts
from conformance.model.errors import DaemonFault
from conformance.model.versions import ApiVersion
from conformance.mutation.faults import edits
from conformance.mutation.faults.fault import Fault
from conformance.mutation.proxy.body_filters import Body, Whole
from conformance.mutation.proxy.match import pattern

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
        "LogConfig.Config",
        "Runtimes",
        "AuxiliaryAddresses",
    ]
)
_DESCRIPTOR = {
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "digest": "sha256:" + "0" * 64,
    "size": 424,
}
#: Members that documents of later versions add: where, in which version, and what might stand there.
_DOCUMENTED: list[tuple[re.Pattern[str], str, Any]] = [
    (pattern(path), member, value)
    for path, member, value in (
        ("/info", "CDISpecDirs", []),  # 1.44
        ("/info", "Containerd", {"Address": "/run/containerd/containerd.sock"}),  # 1.46
        ("/info", "FirewallBackend", {"Driver": "iptables"}),  # 1.49
        ("/info", "DiscoveredDevices", []),  # 1.50
        ("/info", "NRI", {"Info": []}),  # 1.53
        ("/containers/json", "*.HostConfig.Annotations", {}),  # 1.46
        ("/containers/json", "*.ImageManifestDescriptor", _DESCRIPTOR),  # 1.48
        ("/containers/json", "*.NetworkSettings.Networks.*.GwPriority", 0),  # 1.48
        ("/containers/(id)/json", "NetworkSettings.Networks.*.DNSNames", []),  # 1.44
        ("/containers/(id)/json", "NetworkSettings.Networks.*.GwPriority", 0),  # 1.48
        ("/containers/(id)/json", "ImageManifestDescriptor", _DESCRIPTOR),  # 1.48
        ("/images/json", "*.Manifests", []),  # 1.47
        ("/images/json", "*.Descriptor", _DESCRIPTOR),  # 1.48
        ("/images/(name)/json", "Descriptor", _DESCRIPTOR),  # 1.48
        ("/images/(name)/json", "Identity", {}),  # 1.53
        ("/networks", "*.EnableIPv4", True),  # 1.48
        ("/networks/(id)", "EnableIPv4", True),  # 1.48
        ("/networks/(id)", "Status", {}),  # 1.52
        ("/volumes", "Volumes.*.ClusterVolume", {}),  # 1.42
        ("/volumes/(name)", "ClusterVolume", {}),  # 1.42
    )
]
_NAMES = ("Id", "ID", "Name")


def with_later_members(daemon: Daemon) -> Fault:
    """Members that the same question brings in the daemon's newest version, and those that later documents add, in the answer."""

    def body(request: Request, answer: Response) -> Body | None:
        version = edits.version_of(request.target)
        kind = (answer.header("Content-Type") or "").partition(";")[0]
        if request.method != "GET" or answer.status != 200 or kind != "application/json":
            return None
        bare = edits.with_version(request.target, "")
        if _STREAMS.match(bare):
            return None
        newest = _ask(daemon, bare) if version and ApiVersion.parse(version) < daemon.newest else None
        path = bare.partition("?")[0]
        documented = [edits.put(member, value) for fits, member, value in _DOCUMENTED if fits.fullmatch(path)]

        def edit(document: Any) -> Any:
            document = merged(document, newest)
            for add in documented:
                document = merged(document, add(document))
            return document

        return Whole(edits.json_bytes(edit))

    return Fault(body=body)


def _ask(daemon: Daemon, target: str) -> Any:
    client = Client(daemon.endpoint, daemon.newest, timeouts=Timeouts(first_byte=5, silence=5, total=5))
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
        return {**{key: merged(value, new.get(key), below(name, key)) for key, value in old.items()}, **more}
    if isinstance(old, list) and isinstance(new, list):
        return [merged(mine, theirs, name) for mine, theirs in _pairs(old, new)]
    return old


def below(name: str, key: str) -> str:
    """The name by which a member may be a table: its own, or behind that of the object that it is in."""
    return f"{name}.{key}" if f"{name}.{key}" in TABLES else key


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
