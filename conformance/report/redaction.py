"""Redaction: secrets are removed and bodies are cut in everything that leaves the process."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from conformance.http.curl import curl_line
from conformance.http.messages import Exchange, Headers, Request, Response
from conformance.model import codec
from conformance.report import secret_forms
from conformance.report.evidence import Body, RecordedExchange, RecordedResponse

T = TypeVar("T", bound=msgspec.Struct)

HIDDEN = "[redacted]"
_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "x-registry-auth",
        "x-registry-config",
        "cookie",
        "set-cookie",
        "www-authenticate-token",
    }
)
# in a document within a text within a document, quotes are escaped more than once
_MEMBERS = re.compile(
    r'("(?:password|auth|identitytoken|registrytoken|secret|token)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?$)',
    re.IGNORECASE,
)
_ESCAPED_MEMBERS = re.compile(
    r'((\\+)"(?:password|auth|identitytoken|registrytoken|secret|token)\2"\s*:\s*\2")[^"]*?(\2"|$)',
    re.IGNORECASE,
)
#: How many bytes behind the cut of a body are looked at, so that a secret there is found whole.
_BEYOND = 4096
_USERINFO = re.compile(
    r"(\b[a-z][a-z0-9+.-]{0,20}:(?:\\?/){2}|%3A%2F%2F)[^/\s\"']{1,500}(@|%40)", re.IGNORECASE
)


class Redactor:
    """Removes known secrets (in clear and in base64), secret headers and members, and user names in URLs."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)
        self._secrets = [(secret_forms.heads(secret), secret_forms.pattern(secret)) for secret in known]

    def text(self, text: str) -> str:
        """`text` without secrets."""
        for heads, pattern in self._secrets:
            if heads is None or any(head in text for head in heads):
                text = pattern.sub(HIDDEN, text)
        text = _MEMBERS.sub(rf'\1"{HIDDEN}"', text)
        text = _ESCAPED_MEMBERS.sub(rf"\1{HIDDEN}\3", text)
        text = _USERINFO.sub(rf"\1{HIDDEN}\2", text)
        # a lone surrogate, as file names may bring, cannot be written as UTF-8
        return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()

    def document(self, value: Any) -> Any:
        """A JSON document without secrets: every string in it, the names of members left as they are."""
        if isinstance(value, dict):
            return {name: self.document(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.document(element) for element in value]
        return self.text(value) if isinstance(value, str) else value

    def struct(self, value: T) -> T:
        """A struct of msgspec without secrets in any of its texts."""
        return codec.convert(self.document(codec.to_builtins(value)), type(value))

    def exchange(self, exchange: Exchange, url: str, limit: int = 4096) -> RecordedExchange:
        """An exchange as evidence: redacted, its bodies cut to `limit` bytes, with a curl line for the daemon at `url`."""
        request, response = exchange.request, exchange.response
        target, headers = self.text(request.target), self._headers(request.headers)
        shown = Request(request.method, target, tuple(headers), request.body and self._argument(request.body))
        return RecordedExchange(
            role=exchange.role,
            method=request.method,
            target=target,
            headers=headers,
            seconds=round(exchange.seconds, 4),
            body=self._body(request.body, limit) if request.body else None,
            response=None if response is None else self._response(response, limit),
            fault=self.text(exchange.fault),
            curl=curl_line(shown, url),
        )

    def _response(self, response: Response, limit: int) -> RecordedResponse:
        return RecordedResponse(
            status=response.status,
            reason=self.text(response.reason),
            headers=self._headers(response.headers),
            body=self._body(response.body, limit),
            complete=response.complete,
        )

    def _headers(self, headers: Headers) -> list[tuple[str, str]]:
        return [(name, HIDDEN if name.lower() in _HEADERS else self.text(value)) for name, value in headers]

    def _argument(self, body: bytes) -> bytes:
        """A redacted body for the curl line; one that is too large stays as it is, as the line only names it."""
        text = _head_of_text(body, cut=False) if len(body) <= _BEYOND else None
        return body if text is None else self.text(text).encode()

    def _body(self, body: bytes, limit: int) -> Body:
        # redact before cutting: a secret that is cut would stay half readable
        head = body[: 4 * limit + _BEYOND]
        shown = _head_of_text(head, cut=len(head) < len(body))
        if shown is not None:
            return Body(len(body), text=self.text(shown)[:limit])
        return Body(len(body), base64=base64.b64encode(self._bytes(head)[:limit]).decode())

    def _bytes(self, body: bytes) -> bytes:
        return self.text(body.decode("latin-1")).encode("latin-1", "replace")


def _head_of_text(body: bytes, *, cut: bool) -> str | None:
    """The body as text, or None if it is not UTF-8; one that is `cut` may end within a character."""
    if b"\0" in body:
        return None
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        return body[: error.start].decode() if cut and error.start > len(body) - 4 else None
