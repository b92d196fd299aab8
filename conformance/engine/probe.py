"""Asks a daemon for its identity and its API versions, and refuses what is not a daemon."""

from __future__ import annotations

import contextlib
import time
from typing import Any

from conformance.engine.identity import Identity
from conformance.engine.intermediaries import is_page, name_proxy
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.http.errors import Malformed, Refused
from conformance.http.messages import Response
from conformance.http.timeouts import Timeouts
from conformance.model.errors import (
    ConnectionLost,
    DaemonFault,
    DaemonTimeout,
    ProbeFault,
    ProtocolViolation,
    Unreachable,
)
from conformance.model.text import one_line
from conformance.model.versions import ApiVersion

#: For a daemon of which nothing is known yet.
TIMEOUTS = Timeouts(connect=10, first_byte=20, silence=10, total=40)
_HIGHEST = ApiVersion(9, 999)
_TLS_ONLY = "speaks TLS only: give --tlscacert, and --tlscert and --tlskey if it wants a client certificate"
#: What servers answer to plain HTTP on a TLS port: Go's, nginx, Apache.
_SIGNS_OF_TLS = ("HTTPS server", "HTTPS port", "speaking plain HTTP to an SSL-enabled")
#: What a proxy that answers with one of these statuses does.
_DONE_BY_PROXIES = {
    401: "asks for a login",
    403: "refuses it",
    407: "asks for a login",
    502: "does not reach it",
    503: "does not reach it",
    504: "does not reach it",
}


def identify(endpoint: Endpoint, timeouts: Timeouts = TIMEOUTS) -> tuple[Identity, dict[str, Any]]:
    """Ask ``GET /version`` and ``GET /info`` within `limits`; returns the identity and the document of ``/info``.

    Raises Unreachable when nothing answers, ProbeFault when what answers does not speak the Docker Remote API.
    """
    client = Client(endpoint, timeouts=timeouts)
    try:
        version = _document(client, "/version")
        info = _document(client, "/info")
        newest = _api_version(version, "ApiVersion", endpoint)
        if newest is None:
            raise ProbeFault(
                f"{endpoint.url}: GET /version has no ApiVersion: this is not a Docker daemon; check --host"
            )
        oldest = _api_version(version, "MinAPIVersion", endpoint)
        stated = oldest is not None
        if oldest is None:
            oldest = _probe_downwards(client, newest)
    finally:
        client.close()
    if oldest > newest:
        raise ProbeFault(
            f"{endpoint.url}: the daemon says it serves {oldest} to {newest}, which is not a range of versions"
        )
    components = _components(version)
    identity = Identity(
        name=_engine_name(components),
        version=_text(version, "Version"),
        newest=newest,
        oldest=oldest,
        oldest_from="said" if stated else "probed",
        commit=_text(version, "GitCommit"),
        os=_text(version, "Os"),
        arch=_text(version, "Arch"),
        kernel=_text(version, "KernelVersion"),
        id=_text(info, "ID"),
        storage_driver=_text(info, "Driver"),
        components=components,
    )
    return identity, info


def _document(client: Client, path: str) -> dict[str, Any]:
    url = client.endpoint.url
    try:
        response: Response = client.get(path)
        document = response.json()
    except ConnectionLost as error:
        problem = str(error).removeprefix(f"{url}: ")
        raise Unreachable(f"{url}: {problem}; {_tls_advice(problem)}") from error
    except DaemonTimeout as error:
        raise Unreachable(f"{url} does not answer GET {path}: {error}; is the daemon hung?") from error
    except DaemonFault as error:
        if isinstance(error, ProtocolViolation) and "TLS" in str(error):
            raise ProbeFault(f"{url} {_TLS_ONLY}") from error
        raise ProbeFault(f"{url}: what answers is not a Docker daemon ({error}); check --host") from error
    except Refused as error:
        raise ProbeFault(f"{url} {_explain_refusal(path, error.response)}") from error
    except Malformed as error:
        raise ProbeFault(
            f"{url}: what answers GET {path} is not a Docker daemon ({error}); check --host"
        ) from error
    if not isinstance(document, dict):
        raise ProbeFault(
            f"{url}: GET {path} gives something other than a JSON object: this is not a Docker daemon; check --host"
        )
    return dict(document)


def _explain_refusal(path: str, response: Response) -> str:
    """Why GET `path` was not answered with a document, and what to do."""
    status, proxy = response.status, name_proxy(response)
    if any(sign in response.text for sign in _SIGNS_OF_TLS):
        return _TLS_ONLY
    if 300 <= status < 400:
        return f"redirects GET {path} to {one_line(response.header('Location') or 'nowhere', 100)}: name the daemon itself"
    what = _DONE_BY_PROXIES.get(status)
    if what and (proxy or is_page(response)):
        return (
            f"answers GET {path} with {status}: a proxy{f' ({proxy})' if proxy else ''} answers for the daemon and"
            f" {what}; name the daemon's own address with --host"
        )
    return f"answers GET {path} with {status}: this is not a Docker daemon; check --host"


def _tls_advice(problem: str) -> str:
    if "WRONG_VERSION" in problem or "wrong version" in problem:
        return "it does not speak TLS; leave out the TLS files"
    if "ALERT" in problem or "alert" in problem:
        return "it refused our certificate; check --tlscert and --tlskey"
    if "certificate verify failed" in problem:
        return "its certificate is not signed by the given CA; check --tlscacert"
    return "it closed the connection; is this the daemon's address, and does it want TLS (--tlscacert)?"


def _api_version(document: dict[str, Any], member: str, endpoint: Endpoint) -> ApiVersion | None:
    """The version in `member`, None where the daemon does not send it. Raises ProbeFault for anything else."""
    if member not in document:
        return None
    value = document[member]
    version = None
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            version = ApiVersion.parse(value)
    if version is None or version > _HIGHEST:
        raise ProbeFault(
            f"{endpoint.url}: GET /version gives {member} as {_short(value)}, which is not an API version"
        )
    return version


def _probe_downwards(client: Client, newest: ApiVersion) -> ApiVersion:
    """The oldest version without a gap below `newest` in which the daemon answers ``GET /version``."""
    oldest = newest
    ends = time.monotonic() + client.timeouts.total
    for minor in range(newest.minor, -1, -1):
        version = ApiVersion(newest.major, minor)
        try:
            if not client.at(version).get("/version").ok:
                break
        except DaemonFault:
            break
        oldest = version
        client.transcript.clear()
        if time.monotonic() > ends:
            raise ProbeFault(
                f"{client.endpoint.url}: the daemon does not state its oldest version, and timed out while it was"
                f" asked for each"
            )
    return oldest


def _components(version: dict[str, Any]) -> dict[str, str]:
    found = {}
    components = version.get("Components")
    for component in components if isinstance(components, list) else []:
        if isinstance(component, dict) and isinstance(component.get("Name"), str):
            found[str(component["Name"])] = str(component.get("Version", "")).split("\n")[0]
    return found


def _engine_name(components: dict[str, str]) -> str:
    engine = next((name for name in components if "engine" in name.lower()), "Engine")
    return "Docker Engine" if engine == "Engine" else engine


def _text(document: dict[str, Any], member: str) -> str:
    value = document.get(member)
    return value if isinstance(value, str) else ""


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
