"""Scripted engines: the daemon at hand, made to behave in one point as another engine or host would.

Some cases no daemon of today can be asked: what a later API says, what an engine of 2015 answered, what only other kernels
do. A scripted engine stands in front of the daemon and plays that one point, so that the check of it can be seen to pass,
and then, with a mutant on top, to fail. It proves something of the check and nothing of the daemon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from conformance.engine.identity import Daemon
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.messages import Request, Response
from conformance.model.versions import ApiVersion
from conformance.mutation.faults import edits
from conformance.mutation.faults.fault import Fault
from conformance.mutation.proxy.body_filters import Body, Messages
from conformance.mutation.proxy.match import pattern


class Engine(NamedTuple):
    """A scripted engine: what makes it out of the daemon at hand.

    `serves` is the newest version that it claims, `has` are the needs that its host meets. With `everywhere` the environment
    asks it too, not only the checks.
    """

    make: Callable[[Daemon], Fault]
    serves: str = ""
    has: tuple[str, ...] = ()
    everywhere: bool = False


_KEPT = ("Gateway", "IPAddress", "IPPrefixLen", "MacAddress")
_KEPT_IPV6 = ("EndpointID", "GlobalIPv6Address", "GlobalIPv6PrefixLen", "IPv6Gateway")
#: A file of a cgroup that a script reads: the member of HostConfig that sets it, and what it holds without one.
_CGROUP_FILES = {
    "blkio.weight": ("BlkioWeight", 500),
    "memory.kmem.limit_in_bytes": ("KernelMemory", (1 << 63) - 4096),
}
_EVERY_CAPABILITY = (1 << 41) - 1
_CREATE, _INSPECT = pattern("/containers/create"), pattern("/containers/(id)/json")
_EXEC, _EXEC_INSPECT = pattern("/containers/(id)/exec"), pattern("/exec/(id)/json")
_NETWORK = pattern("/networks/create")


def _bare(request: Request) -> str:
    return edits.with_version(request.path, "")


def _asked(request: Request, edit: edits.Edit) -> Request:
    """The request with its JSON body edited; as it is, without one."""
    return replace(request, body=edits.json_bytes(edit)(request.body)) if request.body else request


def _answered(
    wanted: Callable[[Request], bool], edit: edits.Edit
) -> Callable[[Request, Response], Body | None]:
    """Edits the JSON of good answers to the requests that are `wanted`."""
    change = edits.json_bytes(edit)

    def body(request: Request, answer: Response) -> Body | None:
        return (
            Messages(lambda message: [change(message)]) if answer.status == 200 and wanted(request) else None
        )

    return body


def _newer(daemon: Daemon) -> Fault:
    """An engine of a later API, as far as later documents took something back that v1.14 to v1.21 had brought."""

    def is_later(request: Request) -> bool:
        version = edits.version_of(request.target)
        return bool(version) and ApiVersion.parse(version) > daemon.newest

    def request(request: Request) -> Request:
        if not is_later(request):
            return request
        if _CREATE.fullmatch(_bare(request)):
            request = _asked(request, edits.drop("HostConfig.KernelMemory"))
        if _NETWORK.fullmatch(_bare(request)):
            request = _asked(request, edits.put("CheckDuplicate", True))
        return replace(request, target=edits.with_version(request.target, str(daemon.newest)))

    def only_networks(document: Any) -> Any:
        for member in (*_KEPT, *_KEPT_IPV6):
            document = edits.drop(f"NetworkSettings.{member}")(document)
        return document

    def inspects(request: Request) -> bool:
        return is_later(request) and bool(_INSPECT.fullmatch(_bare(request)))

    return Fault(request=request, body=_answered(inspects, only_networks))


def _shows_the_container(daemon: Daemon) -> Fault:
    """An engine that shows the whole container inside an exec, as engines up to 1.9 did."""

    def with_container(version: str, document: Any) -> Any:
        client = Client(daemon.endpoint, ApiVersion.parse(version))
        try:
            return edits.put(
                "Container", client.get(f"/containers/{at(document, 'ContainerID')}/json").json()
            )(document)
        finally:
            client.close()

    def body(request: Request, answer: Response) -> Body | None:
        version = edits.version_of(request.target)
        if not version or not _EXEC_INSPECT.fullmatch(_bare(request)):
            return None
        return _answered(lambda _: True, partial(with_container, version))(request, answer)

    return Fault(body=body)


def _limits_more(_: Daemon) -> Fault:
    """A kernel with files in its cgroups that newer ones lack: a process that reads one finds what create asked for."""

    def told(document: Any) -> Any:
        script = " ".join(map(str, at(document, "Cmd") or []))
        for file, (member, default) in _CGROUP_FILES.items():
            if file in script:
                asked = at(document, "HostConfig", member)
                return edits.put("Cmd", ["echo", str(asked if type(asked) is int else default)])(document)
        return document

    return Fault(
        request=lambda request: _asked(request, told) if _CREATE.fullmatch(_bare(request)) else request
    )


def _gives_every_capability(_: Daemon) -> Fault:
    """A host that withholds no capability: a privileged process finds every one in its own status."""

    def told(document: Any) -> Any:
        if at(document, "Privileged") is not True or "CapEff" not in (at(document, "Cmd") or []):
            return document
        return edits.put("Cmd", ["echo", f"CapEff:\t{_EVERY_CAPABILITY:016x}"])(
            edits.drop("Privileged")(document)
        )

    def request(request: Request) -> Request:
        if _CREATE.fullmatch(_bare(request)):
            return _asked(request, edits.drop("HostConfig.Privileged"))
        return _asked(request, told) if _EXEC.fullmatch(_bare(request)) else request

    return Fault(request=request)


ENGINES = {
    "a-newer-engine": Engine(_newer, serves="1.55"),
    "an-engine-that-shows-the-container-of-an-exec": Engine(_shows_the_container),
    "a-kernel-that-limits-more": Engine(_limits_more, has=("blkio-weight", "kernel-memory")),
    "a-host-that-withholds-no-capability": Engine(_gives_every_capability, everywhere=True),
}


def newest_of_all() -> str:
    """The newest version that any of them claims."""
    return str(max(ApiVersion.parse(engine.serves) for engine in ENGINES.values() if engine.serves))
