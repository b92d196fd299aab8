"""Emulators: the daemon at hand, made to behave in one point as another engine or host would.

Some cases cannot be asked of any daemon at hand: what a later API says, what an engine of 2015 answered, what only other
kernels do. An emulator between proxy and daemon plays that one point, so that the check can be seen to pass, and to fail with a
mutant on top. This proves something about the check and nothing about the daemon. What an emulator plays comes from the
arguments of the mutant: no fact of a version stands here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from conformance.engine.identity import Daemon
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.http.messages import Request, Response
from conformance.model.versions import ApiVersion
from conformance.mutation.faults import json_edits
from conformance.mutation.faults.request import build_response
from conformance.mutation.proxy.body_filters import BodyFilter, MessageFilter
from conformance.mutation.proxy.fault import Fault
from conformance.mutation.proxy.http_edits import get_header, get_version, set_header, set_version, strip_path
from conformance.mutation.proxy.rule import Rule, compile_path

Arguments = dict[str, Any]
_CREATE = compile_path("/containers/create")
_EXEC_CREATE, _EXEC_INSPECT = compile_path("/containers/(id)/exec"), compile_path("/exec/(id)/json")


@dataclass(frozen=True)
class Emulator:
    """What makes another engine or host out of the daemon at hand.

    `fault` changes the exchanges between proxy and daemon. `serves` is the newest version that the engine serves, `floor` the
    oldest; None stands for the daemon's own. `has` are the needs that the host meets. `everywhere`: the environment asks the
    emulator as well.
    """

    fault: Fault
    serves: ApiVersion | None = None
    floor: ApiVersion | None = None
    has: tuple[str, ...] = ()
    everywhere: bool = False


def _edit_request(request: Request, edit: json_edits.Edit) -> Request:
    return replace(request, body=json_edits.apply_to_bytes(edit)(request.body)) if request.body else request


def _build_body_edit(
    fits: Callable[[Request], bool], edit: json_edits.Edit
) -> Callable[[Request, Response], BodyFilter | None]:
    """Edits the JSON of successful responses to the requests that fit."""
    change = json_edits.apply_to_bytes(edit)

    def body(request: Request, response: Response) -> BodyFilter | None:
        if not response.ok or not fits(request):
            return None
        return MessageFilter(lambda message: [change(message)])

    return body


def _chain(edits: list[json_edits.Edit]) -> json_edits.Edit:
    def edit(document: Any) -> Any:
        for each in edits:
            document = each(document)
        return document

    return edit


def _emulate_newer_engine(args: Arguments, rule: Rule, daemon: Daemon) -> Emulator:
    """Serve later versions, and change in them what the arguments say, in the exchanges of the mutant.

    A daemon that serves those versions itself, and deviates in them, is changed from `serves` on.
    """
    serves = ApiVersion.parse(args["serves"])
    edit_request = _chain(
        [json_edits.drop(path) for path in args.get("ignores", [])]
        + [json_edits.put(path, value) for path, value in args.get("assumes", {}).items()]
    )
    edit_response = _chain(
        [json_edits.drop(path) for path in args.get("omits", [])]
        + [json_edits.put(path, value) for path, value in args.get("adds", {}).items()]
    )

    def is_later(request: Request) -> bool:
        version = get_version(request.target)
        return bool(version) and ApiVersion.parse(version) > daemon.newest

    def fits(request: Request) -> bool:
        version = get_version(request.target)
        is_changed = is_later(request) or (bool(version) and ApiVersion.parse(version) >= serves)
        return is_changed and rule.fits(request.method, request.target)

    def request(request: Request) -> Request:
        if fits(request):
            request = _edit_request(request, edit_request)
        if is_later(request):
            request = replace(request, target=set_version(request.target, str(daemon.newest)))
        return request

    def find_stream_type(request: Request, response: Response) -> str:
        accepted = get_header(request.headers, "Accept") or ""
        return accepted if accepted in args.get("streams", []) and response.ok and fits(request) else ""

    def head(request: Request, response: Response) -> Response:
        if media_type := find_stream_type(request, response):
            return replace(response, headers=set_header(response.headers, "Content-Type", media_type))
        return response

    def body(request: Request, response: Response) -> BodyFilter | None:
        if media_type := find_stream_type(request, response):
            # the daemon's line feeds stay: they come before the message that follows
            mark = b"\x1e{" if media_type == "application/json-seq" else b"{"
            return MessageFilter(lambda message: [message.replace(b"{", mark, 1)])
        return _build_body_edit(fits, edit_response)(request, response)

    return Emulator(
        Fault(request=request, head=head, body=body),
        serves=max(serves, daemon.newest),
    )


def _emulate_version_window(args: Arguments, _: Rule, daemon: Daemon) -> Emulator:
    """Serve the versions of a window, and some paths only from a later version on; refuse all others and say why."""
    oldest, newest, json_from = (ApiVersion.parse(args[name]) for name in ("floor", "serves", "json"))
    minima = [(compile_path(path), ApiVersion.parse(least)) for path, least in args.get("minima", {}).items()]
    edit_version = _chain(
        [json_edits.put("ApiVersion", str(newest)), json_edits.put("MinAPIVersion", str(oldest))]
    )

    def explain(version: ApiVersion, path: str) -> str:
        if version < oldest:
            return f"client version {version} is too old. Minimum supported API version is {oldest}"
        if version > newest:
            return f"client version {version} is too new. Maximum supported API version is {newest}"
        later = next((least for pattern, least in minima if pattern.fullmatch(path) and version < least), "")
        return f"{path} requires API version {later}, and the request has {version}" if later else ""

    def refuse(request: Request) -> Response | None:
        segment = get_version(request.target)
        message = explain(ApiVersion.parse(segment), strip_path(request.target)) if segment else ""
        if not message:
            return None
        if ApiVersion.parse(segment) < json_from:
            return name_newest(request, build_response(400, text=message))
        return name_newest(request, build_response(400, {"message": message}))

    def request(request: Request) -> Request:
        segment = get_version(request.target)
        if segment and ApiVersion.parse(segment) > daemon.newest:
            return replace(request, target=set_version(request.target, str(daemon.newest)))
        return request

    def name_newest(_: Request, response: Response) -> Response:
        return replace(response, headers=set_header(response.headers, "Api-Version", str(newest)))

    body = _build_body_edit(lambda request: strip_path(request.target) == "/version", edit_version)
    return Emulator(
        Fault(instead=refuse, request=request, head=name_newest, body=body), serves=newest, floor=oldest
    )


def _emulate_exec_with_container(_: Arguments, __: Rule, daemon: Daemon) -> Emulator:
    """Show the whole container inside an exec instance, as engines up to 1.9 did."""

    def add_container(version: str, document: Any) -> Any:
        client = Client(daemon.endpoint, ApiVersion.parse(version))
        try:
            container = client.get(f"/containers/{at(document, 'ContainerID')}/json").json()
            return json_edits.put("Container", container)(document)
        finally:
            client.close()

    def body(request: Request, response: Response) -> BodyFilter | None:
        version = get_version(request.target)
        if not version or not _EXEC_INSPECT.fullmatch(strip_path(request.target)):
            return None
        return _build_body_edit(lambda _: True, partial(add_container, version))(request, response)

    return Emulator(Fault(body=body))


def _emulate_cgroup_file(args: Arguments, _: Rule, __: Daemon) -> Emulator:
    """Have a process that reads the file find the value that its container was created with, or the default."""

    def edit(document: Any) -> Any:
        if args["file"] not in " ".join(map(str, at(document, "Cmd") or [])):
            return document
        asked = at(document, *args["member"].split("."))
        found = asked if type(asked) is int or str(asked).isdecimal() else args["default"]
        if args.get("withheld"):
            document = json_edits.drop(args["member"])(document)
        return json_edits.put("Cmd", ["echo", str(found)])(document)

    def request(request: Request) -> Request:
        return _edit_request(request, edit) if _CREATE.fullmatch(strip_path(request.target)) else request

    return Emulator(Fault(request=request), has=tuple(args.get("has", [])))


def _emulate_lowest_value(args: Arguments, _: Rule, __: Daemon) -> Emulator:
    """Have create refuse too low a value of a member, as the daemon refuses one of another member."""

    def edit(document: Any) -> Any:
        asked = at(document, *args["member"].split("."))
        too_low = type(asked) is int and asked < args["lowest"]
        return json_edits.move(args["member"], args["refused_in"])(document) if too_low else document

    def request(request: Request) -> Request:
        return _edit_request(request, edit) if _CREATE.fullmatch(strip_path(request.target)) else request

    return Emulator(Fault(request=request), has=tuple(args.get("has", [])))


def _emulate_privileged_exec(args: Arguments, _: Rule, __: Daemon) -> Emulator:
    """Have a privileged exec process that reads a text find another; nothing is privileged on the daemon itself."""

    def edit(document: Any) -> Any:
        if at(document, "Privileged") is not True or args["reads"] not in (at(document, "Cmd") or []):
            return document
        return json_edits.put("Cmd", ["echo", args["finds"]])(json_edits.drop("Privileged")(document))

    def request(request: Request) -> Request:
        path = strip_path(request.target)
        if _CREATE.fullmatch(path):
            return _edit_request(request, json_edits.drop("HostConfig.Privileged"))
        return _edit_request(request, edit) if _EXEC_CREATE.fullmatch(path) else request

    return Emulator(Fault(request=request), everywhere=True)


_BUILDERS: dict[str, Callable[[Arguments, Rule, Daemon], Emulator]] = {
    "newer-engine": _emulate_newer_engine,
    "version-window": _emulate_version_window,
    "exec-shows-container": _emulate_exec_with_container,
    "cgroup-file": _emulate_cgroup_file,
    "lowest-value": _emulate_lowest_value,
    "privileged-exec": _emulate_privileged_exec,
}
#: The emulators of engines and hosts; ``conformance.mutation.emulation`` has those of listeners and sockets.
NAMES = frozenset(_BUILDERS)


def build_emulator(args: Arguments, rule: Rule, daemon: Daemon) -> Emulator:
    """The emulator that the arguments of a mutant name; `rule` describes the mutant's exchanges."""
    return _BUILDERS[args["emulator"]](args, rule, daemon)
