"""Images that a daemon created without the name that the request gave them: found by the id in the answer, and removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from conformance.environment.environment import Environment
from conformance.environment.test_image import find_ids
from conformance.http.documents import at
from conformance.http.errors import Malformed, Refused
from conformance.http.messages import Exchange
from conformance.model.errors import DaemonFault

_ROUTES = ("/images/create", "/images/load", "/build", "/commit")


def adopt_unnamed_images(env: Environment, exchanges: Iterable[Exchange]) -> None:
    """Have the environment remove images that `exchanges` created with a name which they did not get.

    Their names do not lead to them, so only the answers do. Those that the ledger has already stay what they are there.
    """
    found = dict.fromkeys(image for exchange in exchanges for image in _created(exchange))
    if not found:
        return
    known = env.ledger.opened(shared=True)
    ids = [image for image in found if ("image", image) not in known]
    client = env.client.alone("environment")
    try:
        for image in ids:
            with suppress(DaemonFault, Refused, Malformed):
                document = client.get(f"/images/{image}/json").json()
                if not at(document, "RepoTags") and not at(document, "RepoDigests"):
                    env.adopt("image", image)
    finally:
        client.close()


def _created(exchange: Exchange) -> Iterator[str]:
    """The ids in the answer to a request that gives a new image a name."""
    response, parts = exchange.response, urlsplit(exchange.request.target)
    if exchange.request.method != "POST" or response is None or not response.ok:
        return
    query = parse_qs(parts.query)
    named = parts.path.endswith("/images/load") or bool({"repo", "t"} & set(query))
    if named and parts.path.endswith(_ROUTES) and "fromImage" not in query:
        # A build answers with the image of each of its stages, of which the last gets the name.
        yield from find_ids(response)
