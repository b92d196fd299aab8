"""Faults that make the Docker at hand answer in one point as an engine of 2014 to 2016 did.

No such engine can be installed here. Each fault gives the answer that was seen from a genuine one, whose version is named; all
else is answered by the Docker behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import parse_qs

from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.endpoint import Endpoint
from conformance.http.frames import Frame, multiplex
from conformance.http.messages import Request, Response
from conformance.http.tar import pack, unpack
from conformance.model.versions import ApiVersion
from conformance.mutation.faults import json_edits
from conformance.mutation.proxy import http_edits
from conformance.mutation.proxy.body_filters import (
    BodyFilter,
    FrameFilter,
    MessageFilter,
    PieceFilter,
    WholeBodyFilter,
)
from conformance.mutation.proxy.fault import Fault
from conformance.mutation.proxy.rule import Rule, compile_path

#: A path that no engine has: the answer is the plain 404 of an unknown route.
_NOWHERE = "/v1.24/no-such-route"
_NEWEST = "1.41"


def _rule(fault: Fault, *endpoints: tuple[str, str], **more: str) -> Rule:
    return Rule(fault, tuple((method, compile_path(path)) for method, path in endpoints), **more)


def _refusal(message: str) -> Response:
    return Response(500, "No", (("Content-Type", "text/plain"),), message.encode())


def _edit_messages(edit: json_edits.Edit, fits: Callable[[Request], bool] = lambda _: True) -> Fault:
    change = json_edits.apply_to_bytes(edit)

    def body(request: Request, response: Response) -> BodyFilter | None:
        return MessageFilter(lambda message: [change(message)]) if response.ok and fits(request) else None

    return Fault(body=body)


def _segment(request: Request, number: int) -> str:
    return http_edits.strip_version(request.path).split("/")[number]


def _inspect(daemon: Endpoint, container: str) -> object:
    client = Client(daemon, ApiVersion.parse(_NEWEST))
    try:
        answer = client.get(f"/containers/{container}/json")
        return answer.json() if answer.ok else {}
    finally:
        client.close()


def import_takes_no_changes(_: Endpoint) -> Rule:
    """1.6 and 1.7."""
    fault = Fault(instead=lambda _: _refusal("label is not a valid change command"))
    return _rule(fault, ("POST", "/images/create"), query=r"(^|&)changes=")


def registries_are_asked_for_v1(_: Endpoint) -> Rule:
    """1.3 to 1.5: a registry is asked for the first version of its protocol, and for nothing when it has none."""

    def instead(request: Request) -> Response:
        image = parse_qs(request.target.partition("?")[2])["fromImage"][0]
        ping = HTTPConnection(image.partition("/")[0], timeout=5)
        ping.request("GET", "/v1/_ping")
        status = ping.getresponse().status
        ping.close()
        return _refusal(f"Invalid Registry endpoint: HTTP code {status}")

    return _rule(Fault(instead=instead), ("POST", "/images/create"), query=r"(^|&)fromImage=")


def no_archive(_: Endpoint) -> Rule:
    """Up to 1.7: files come by copy alone."""

    def request(request: Request) -> Request:
        if request.path.endswith("/copy"):
            return replace(request, target=http_edits.set_version(request.target, "1.20"))
        return replace(request, target=_NOWHERE)

    return _rule(Fault(request=request), ("", "/containers/(id)/archive"), ("POST", "/containers/(id)/copy"))


def no_volume_endpoints(_: Endpoint) -> Rule:
    """Up to 1.7: no endpoints for volumes, and inspect shows their directories alone."""

    def request(request: Request) -> Request:
        is_of_volumes = http_edits.strip_version(request.path).startswith("/volumes")
        return replace(request, target=_NOWHERE) if is_of_volumes else request

    def show_directories(document: object) -> object:
        mounts = at(document, "Mounts")
        if not isinstance(mounts, list):
            return document
        volumes = {mount["Destination"]: mount["Source"] for mount in mounts}
        return json_edits.put("Volumes", volumes)(json_edits.drop("Mounts")(document))

    edit = _edit_messages(show_directories, lambda request: request.path.startswith(f"/v{_NEWEST}/"))
    return _rule(
        replace(edit, request=request),
        ("", "/volumes"),
        ("", "/volumes/create"),
        ("", "/volumes/(name)"),
        ("GET", "/containers/(id)/json"),
    )


def control_groups_are_hidden(_: Endpoint) -> Rule:
    """Up to 1.7: /sys/fs/cgroup is not mounted in containers. Here the processes look for it where it is not."""

    def request(request: Request) -> Request:
        if not request.body:
            return request
        return replace(request, body=request.body.replace(b"/sys/fs/cgroup", b"/sys/fs/hidden"))

    return _rule(
        Fault(request=request),
        ("POST", "/containers/create"),
        ("POST", "/containers/(id)/exec"),
        ("POST", "/build"),
    )


def joined_containers_keep_their_names(daemon: Endpoint) -> Rule:
    """1.9.1 and 1.13.1: a container in the network of another one is not renamed (500 "invalid id")."""

    def request(request: Request) -> Request:
        mode = at(_inspect(daemon, _segment(request, 2)), "HostConfig.NetworkMode")
        joined = isinstance(mode, str) and mode.startswith("container:")
        return replace(request, target=_NOWHERE) if joined else request

    return _rule(Fault(request=request), ("POST", "/containers/(id)/rename"))


def named_volumes_go_with_a_container(daemon: Endpoint) -> Rule:
    """1.9.1: v=1 removes the named volumes of a container too, as the documents up to v1.24 say."""
    mounted: dict[str, list[str]] = {}

    def request(request: Request) -> Request:
        mounts = at(_inspect(daemon, _segment(request, 2)), "Mounts")
        names = [at(mount, "Name") for mount in mounts] if isinstance(mounts, list) else []
        mounted[request.target] = [name for name in names if isinstance(name, str)]
        return request

    def head(request: Request, response: Response) -> Response:
        client = Client(daemon, ApiVersion.parse(_NEWEST))
        for name in mounted.pop(request.target, []):
            client.delete(f"/volumes/{name}")
        client.close()
        return response

    return _rule(Fault(request=request, head=head), ("DELETE", "/containers/(id)"), query=r"(^|&)v=1")


def stopped_containers_join_no_network(daemon: Endpoint) -> Rule:
    """1.9.1: a network refuses a container that does not run."""

    def request(request: Request) -> Request:
        container = json.loads(request.body or b"{}").get("Container", "")
        running = at(_inspect(daemon, container), "State.Running") is True
        return request if running else replace(request, target=_NOWHERE)

    return _rule(Fault(request=request), ("POST", "/networks/(id)/connect"))


def names_with_a_space_are_accepted(_: Endpoint) -> Rule:
    """1.6 to 1.9: a name with a space or an empty part is taken (201). Here the image gets a proper name instead."""

    def request(request: Request) -> Request:
        target = re.sub(r"two(\+|%20)words|empty(%2F%2F|//)part", "taken", request.target)
        return replace(request, target=target)

    return _rule(Fault(request=request), ("POST", "/images/(name)/tag"))


def import_events_have_id_and_tag(_: Endpoint) -> Rule:
    """1.9.1: the event of an import has the id and the tag of the image in id."""

    def edit(event: object) -> object:
        if at(event, "status") != "import":
            return event
        return json_edits.put("id", f"{str(at(event, 'id')).removeprefix('sha256:')}:latest")(event)

    return _rule(_edit_messages(edit), ("GET", "/events"))


def logs_of_terminals_have_line_feeds(_: Endpoint) -> Rule:
    """1.6: the log of a terminal has plain line feeds."""
    fault = Fault(body=lambda *_: PieceFilter(lambda piece: piece.replace(b"\r\n", b"\n")))
    return _rule(fault, ("GET", "/containers/(id)/logs"))


def archives_have_no_repositories_file(_: Endpoint) -> Rule:
    """25 and later with the store of containerd: a saved image is an OCI layout with a manifest.json."""

    def repack(archive: bytes) -> bytes:
        return pack(*(member for name, member in unpack(archive).items() if name != "repositories"))

    fault = Fault(body=lambda _, response: WholeBodyFilter(repack) if response.ok else None)
    return _rule(fault, ("GET", "/images/(name)/get"), ("GET", "/images/get"))


def times_of_log_entries_are_left_out(_: Endpoint) -> Rule:
    """An engine that ignores timestamps=1."""

    def request(request: Request) -> Request:
        return replace(request, target=http_edits.set_query(request.target, "timestamps", None))

    return _rule(Fault(request=request), ("GET", "/containers/(id)/logs"))


def log_entries_have_no_line_feed(_: Endpoint) -> Rule:
    """An engine that keeps what was written without the ends of lines."""

    def strip(frames: list[Frame]) -> bytes:
        return multiplex([frame._replace(payload=frame.payload.rstrip(b"\n")) for frame in frames])

    return _rule(Fault(body=lambda *_: FrameFilter(strip)), ("GET", "/containers/(id)/logs"))


def output_of_a_terminal_is_lost(_: Endpoint) -> Rule:
    """1.6, 1.7 and 1.9: in half of the tries the stream of a process that ends at once was empty, with status 200."""

    terminals: set[str] = set()

    def request(request: Request) -> Request:
        if json.loads(request.body or b"{}").get("Tty") is True:
            terminals.add(request.target)
        return request

    def body(request: Request, _: Response) -> BodyFilter | None:
        return WholeBodyFilter(lambda _: b"") if request.target in terminals else None

    return _rule(Fault(request=request, body=body), ("POST", "/exec/(id)/start"))
