"""Requests that name a driver which nobody has: each is sent ahead, as engines look for one for 15 seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from conformance.environment.environment import Environment
from conformance.environment.shared_exchange import Ahead
from conformance.http.client import Client
from conformance.model.versions import ApiVersion

#: What can be asked for; an older container names the driver where it was named before API v1.21.
KINDS = ("network", "volume", "container", "older_container")


class Asked(NamedTuple):
    """A request that is under way, and the name that its object was to have."""

    name: str
    request: Ahead


def asked(env: Environment, api: Client, kind: str) -> Asked:
    """What `ask` returns, sent once per worker. Raises FixtureError."""
    return env.share(("unknown driver", kind, api.version), lambda: ask(env, api, kind))


def ask(env: Environment, api: Client, kind: str) -> Asked:
    """Send a request for one of KINDS in the version of `api`."""
    name = env.reserve_name(kind if kind in ("network", "volume") else "container")
    # A driver of its own: an engine looks for the same one only once at a time.
    if kind in ("network", "volume"):
        return Asked(name, Ahead(api, "POST", f"/{kind}s/create", json={"Name": name, "Driver": name}))
    body: dict[str, Any] = {
        "Image": env.image,
        "Cmd": ["true"],
        "Labels": env.labels,
        "Volumes": {"/data": {}},
    }
    host = {"NetworkMode": "none"}
    if kind == "container":
        body["HostConfig"] = {**host, "VolumeDriver": name}
    else:
        body |= {"HostConfig": host, "VolumeDriver": name}
    return Asked(name, Ahead(api, "POST", "/containers/create", {"name": name}, json=body))


def wanted(items: Iterable[Any]) -> list[tuple[str, ApiVersion]]:
    """What the collected checks are going to ask for, by their fixtures ``asked_KIND``, and in which versions."""
    return [
        (kind, item.callspec.params["api_version"])
        for item in items
        for kind in KINDS
        if f"asked_{kind}" in getattr(item, "fixturenames", ())
    ]
