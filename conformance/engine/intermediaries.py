"""What stands between the suite and the daemon: a proxy with rules, a proxy that loses upgrades, an authorization plugin.

Their rules would be judged as the daemon's behaviour, so they are looked for before the first case. Every request here
names an object that does not exist, or reads: nothing on the daemon changes.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Response
from conformance.http.timeouts import Timeouts
from conformance.model.errors import DaemonFault
from conformance.model.text import join_words, one_line
from conformance.model.versions import ApiVersion

#: The Server headers of proxies; an engine has its own name there.
_PROXIES = re.compile(
    r"(nginx|openresty|haproxy|envoy|istio|apache|caddy|traefik|squid|varnish|lighttpd|cloudflare)\b.*",
    re.IGNORECASE,
)
_PLUGIN = re.compile(r"authorization denied by plugin ([^\s:]+)")
#: What pages of haproxy say, which shows itself in no header.
_HAPROXY = ("Request forbidden by administrative rules", "Your browser sent an invalid request")
#: More bytes in a header than proxies take by default, and less than the megabyte that engines take.
_LONG = 70_000
_LOGIN_OR_DENIED = (401, 403, 407)
_TIMEOUTS = Timeouts(connect=5, first_byte=5, silence=5, total=10)


class Question(NamedTuple):
    """A request that changes nothing; ``{none}`` stands for a name that no object has."""

    method: str
    path: str
    query: Mapping[str, str] = MappingProxyType({})
    json: Mapping[str, object] | None = None


#: A route of each kind that people close, and each method.
_QUESTIONS = (
    Question("GET", "/containers/json"),
    Question("GET", "/images/json"),
    Question("GET", "/volumes"),
    Question("GET", "/networks"),
    Question("POST", "/containers/{none}/start"),
    Question("POST", "/containers/{none}/stop"),
    Question("POST", "/containers/{none}/exec", json={"Cmd": ["true"]}),
    Question("POST", "/exec/{none}/start", json={"Detach": True}),
    Question("POST", "/images/{none}/tag", {"repo": "{none}"}),
    Question("POST", "/commit", {"container": "{none}"}),
    Question("POST", "/build", {"dockerfile": "{none}"}),
    Question("PUT", "/containers/{none}/archive", {"path": "/"}),
    Question("DELETE", "/containers/{none}"),
    Question("DELETE", "/images/{none}"),
    Question("DELETE", "/volumes/{none}"),
    Question("DELETE", "/networks/{none}"),
    Question("GET", "/events", {"since": "1", "until": "1"}),
)
_EMPTY_TAR = bytes(1024)


class Intermediary(NamedTuple):
    """What stands before a daemon: a sentence about what it spoils, and the name of a proxy; both may be empty."""

    obstacle: str = ""
    proxy: str = ""


def find_intermediary(endpoint: Endpoint, version: ApiVersion) -> Intermediary:
    """What stands before the daemon. One that does not answer a question ends the search: the run will show more."""
    client = Client(endpoint, version, timeouts=_TIMEOUTS)
    try:
        denials = list(_denials(client))
        if denials:
            return Intermediary(_describe(denials))
        proxy, forwards = _find_proxy(client), _forwards_upgrade(client)
        if forwards is False:
            return Intermediary(describe_lost_upgrade(proxy))
        return Intermediary(proxy=proxy)
    except DaemonFault:
        return Intermediary()
    finally:
        client.close()


def describe_lost_upgrade(proxy: str) -> str:
    """One sentence about a proxy that does not forward the upgrade of hijacked connections."""
    return (
        f"a proxy{f' ({proxy})' if proxy else ''} answers for the daemon and does not forward the header Upgrade:"
        " attach and exec cannot work through it; name the daemon's own socket with --host"
    )


def describe_lost_stream(proxy: str) -> str:
    """One sentence about a proxy that breaks hijacked connections without an upgrade, such as one that makes them chunked."""
    return (
        f"a proxy ({proxy}) answers for the daemon and does not forward raw streams: attach and exec without the header"
        " Upgrade cannot work through it; name the daemon's own socket with --host"
    )


def name_proxy(response: Response) -> str:
    """The proxy that shows itself in a response: its Server or Via header, or its page; ``""`` when none does."""
    server, via = response.header("Server") or "", response.header("Via")
    if _PROXIES.fullmatch(server):
        return one_line(server, 80)
    if via:
        return one_line(via, 80)
    return "haproxy" if any(words in response.text for words in _HAPROXY) else ""


def is_page(response: Response) -> bool:
    """Whether the body of a response is HTML."""
    return response.body.lstrip()[:1] == b"<"


def _find_proxy(client: Client) -> str:
    """The name of the proxy that shows itself in an answer, or in its own page about a header that is too long for it."""
    long = client.get("/_ping", headers={"X-Long": "x" * _LONG})
    return name_proxy(long) or name_proxy(client.get("/_ping"))


def _denials(client: Client) -> Iterator[tuple[Question, Response]]:
    for question in _QUESTIONS:
        response = _ask(client, question)
        if _is_denied(response):
            yield question, response


def _ask(client: Client, question: Question) -> Response:
    none = f"dockerconf-none-{secrets.token_hex(8)}"
    query = {name: value.format(none=none) for name, value in question.query.items()}
    path = question.path.format(none=none)
    if question.json is not None:
        return client.request(question.method, path, query, json=dict(question.json))
    if question.path == "/build" or question.method == "PUT":
        headers = {"Content-Type": "application/x-tar"}
        return client.request(question.method, path, query, body=_EMPTY_TAR, headers=headers)
    return client.request(question.method, path, query)


def _is_denied(response: Response) -> bool:
    """Whether something other than the daemon refused. A page for a route that an engine lacks is the engine's own."""
    if response.status < 400:
        return False
    if _PLUGIN.search(response.error):
        return True
    if response.status in _LOGIN_OR_DENIED:
        return is_page(response) or (not _is_json(response) and bool(name_proxy(response)))
    proxy = name_proxy(response).partition("/")[0].lower()
    return is_page(response) and bool(proxy) and proxy in response.text.lower()


def _is_json(response: Response) -> bool:
    return response.body.lstrip()[:1] == b"{"


def _describe(denials: list[tuple[Question, Response]]) -> str:
    refused = [question for question, _ in denials]
    answered = {question.method for question in _QUESTIONS if question not in refused}
    methods = dict.fromkeys(question.method for question in refused if question.method not in answered)
    routes = [
        f"{question.method} {question.path.format(none='NAME')}"
        for question in refused
        if question.method not in methods
    ]
    what = join_words([*methods, *routes])
    response = denials[0][1]
    plugin = _PLUGIN.search(response.error)
    if plugin is not None:
        return (
            f"the authorization plugin {plugin[1]} refuses {what}: its rules would be judged as the daemon's;"
            " ask a daemon without it"
        )
    proxy = name_proxy(response)
    return (
        f"a proxy{f' ({proxy})' if proxy else ''} answers for the daemon and refuses {what} with status"
        f" {response.status}: its rules would be judged as the daemon's; name the daemon's own socket with --host"
    )


def _forwards_upgrade(client: Client) -> bool | None:
    """Whether the upgrade that hijacked connections begin with reaches the daemon; None when that is unknown.

    ``POST /grpc`` is a hijacked connection of Docker since API v1.39 that needs no object; others answer 404.
    """
    upgrade = (("Connection", "Upgrade"), ("Upgrade", "h2c"))
    with client.hijack("POST", "/grpc", headers=upgrade) as hijacked:
        response = hijacked.response
    if response.status == 101:
        return True
    return False if "upgrade" in response.error.lower() else None
