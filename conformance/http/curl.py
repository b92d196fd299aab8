"""A request as a command line of curl."""

from __future__ import annotations

import shlex

from conformance.http.messages import Request


def curl_line(request: Request, url: str) -> str:
    """A command line that repeats `request` against the daemon at `url` (as ``DOCKER_HOST`` has it).

    Give it a redacted request: the line shows what the request has. A body that is not text becomes the name of a file.
    """
    words = ["curl", "--include"]
    base = "http://docker"
    if url.startswith("unix://"):
        words += ["--unix-socket", url.removeprefix("unix://")]
    else:
        base = url.replace("tcp://", "http://", 1)
    words += (
        ["--head"]
        if request.method == "HEAD"
        else ["--request", request.method]
        if request.method != "GET"
        else []
    )
    for name, value in request.headers:
        if name.lower() not in ("host", "content-length", "user-agent", "accept"):
            words += ["--header", f"{name}: {value}"]
    if request.body:
        words += ["--data-binary", _as_argument(request.body)]
    return shlex.join([*words, base + request.target])


def _as_argument(body: bytes) -> str:
    """A body as an argument of curl: itself if a shell accepts it, else the name of a file that the reader creates."""
    named = f"@body-of-{len(body)}-bytes"
    if b"\0" in body or len(body) > 4096:  # a tar of ASCII decodes too, but an argument cannot have a NUL
        return named
    try:
        return body.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return named
