"""Edits of headers and request targets. Every function returns a new value."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlencode

from conformance.http.messages import Headers


def get_header(headers: Headers, name: str) -> str | None:
    """The first value of a header, or None."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)


def set_header(headers: Headers, name: str, value: str) -> Headers:
    """Replace the value of a header, or add the header."""
    if get_header(headers, name) is None:
        return (*headers, (name, value))
    return tuple((key, value if key.lower() == name.lower() else old) for key, old in headers)


def drop_header(headers: Headers, name: str) -> Headers:
    """Remove a header."""
    return tuple((key, value) for key, value in headers if key.lower() != name.lower())


def edit_base64_header(headers: Headers, name: str, edit: Callable[[bytes], bytes]) -> Headers:
    """Edit the content of a header that is base64 in either alphabet; other values stay as they are."""
    value = get_header(headers, name)
    if value is None:
        return headers
    alphabet = b"-_" if "-" in value or "_" in value else None
    try:
        content = base64.b64decode(value, alphabet)
    except ValueError:
        return headers
    edited = edit(content)
    if edited == content:
        return headers
    return set_header(headers, name, base64.b64encode(edited, alphabet).decode())


def set_query(target: str, name: str, value: str | None) -> str:
    """Replace a query parameter, or remove it (None). A target in which nothing changes stays byte for byte."""
    path, _, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    if value is None:
        edited = [(key, old) for key, old in pairs if key != name]
    else:
        edited = [(key, value if key == name else old) for key, old in pairs]
        edited += [] if any(key == name for key, _ in pairs) else [(name, value)]
    if edited == pairs:
        return target
    return f"{path}?{urlencode(edited, quote_via=quote)}" if edited else path


_PREFIX = re.compile(r"/v(\d+\.\d+)(?=/)")


def get_version(target: str) -> str:
    """The API version in the path of a target, ``""`` without one."""
    found = _PREFIX.match(target)
    return found[1] if found else ""


def set_version(target: str, version: str) -> str:
    """The target in another API version (``""`` removes the prefix)."""
    return (f"/v{version}" if version else "") + _PREFIX.sub("", target, count=1)


def strip_version(target: str) -> str:
    """The target without its version prefix."""
    return set_version(target, "")


def strip_path(target: str) -> str:
    """The path of a target, without version prefix and query."""
    return strip_version(target.partition("?")[0])
