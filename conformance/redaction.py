"""What may be shown of an exchange: secrets out, bodies cut. Everything that leaves the process goes through here."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any

from conformance.wire import Exchange, Headers, curl_line

HIDDEN = "[redacted]"
_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "x-registry-auth", "x-registry-config", "cookie", "set-cookie", "www-authenticate-token"}
)
_MEMBERS = re.compile(
    r'("(?:password|auth|identitytoken|registrytoken|secret|token)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?$)', re.IGNORECASE
)
#: What is looked at behind the place where a body is cut, so that a secret there is seen whole.
_BEYOND = 4096
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s\"'@]+@", re.IGNORECASE)


class Redactor:
    """Removes known secrets (in clear and in base64), secret headers and members, and user names in URLs."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        words: set[str] = set()
        for secret in secrets:
            if len(secret) >= 4:
                words |= {secret, json.dumps(secret)[1:-1], *_encoded(secret)}
        self._words = sorted(words, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` without secrets."""
        for word in self._words:
            text = text.replace(word, HIDDEN)
        text = _MEMBERS.sub(rf'\1"{HIDDEN}"', text)
        return _USERINFO.sub(rf"\1{HIDDEN}@", text)

    def headers(self, headers: Headers) -> list[list[str]]:
        """Headers as pairs, secret values replaced."""
        return [[name, HIDDEN if name.lower() in _HEADERS else self.text(value)] for name, value in headers]

    def exchange(self, exchange: Exchange, url: str, limit: int = 4096) -> dict[str, Any]:
        """An exchange as evidence: redacted, bodies cut to `limit` bytes with their true length, and its curl line."""
        request = exchange.request
        record: dict[str, Any] = {
            "role": exchange.role,
            "method": request.method,
            "target": self.text(request.target),
            "headers": self.headers(request.headers),
            "seconds": round(exchange.seconds, 4),
        }
        if request.body:
            record["body"] = self._body(request.body, limit)
        if exchange.response is not None:
            response = exchange.response
            record["response"] = {
                "status": response.status,
                "reason": self.text(response.reason),
                "headers": self.headers(response.headers),
                "body": self._body(response.body, limit),
                "complete": response.complete,
            }
        if exchange.fault:
            record["fault"] = self.text(exchange.fault)
        shown = type(request)(
            request.method,
            record["target"],
            tuple((name, value) for name, value in record["headers"]),
            request.body and self._argument(request.body),
        )
        record["curl"] = curl_line(shown, url)
        return record

    def _argument(self, body: bytes) -> bytes:
        """A body as the curl line may show it; one that is too large for that is only named there."""
        text = _head_of_text(body, cut=False) if len(body) <= _BEYOND else None
        return body if text is None else self.text(text).encode()

    def _body(self, body: bytes, limit: int) -> dict[str, Any]:
        # redact before cutting, lest a cut secret stay half readable
        head = body[: 4 * limit + _BEYOND]
        shown = _head_of_text(head, cut=len(head) < len(body))
        if shown is not None:
            return {"length": len(body), "text": self.text(shown)[:limit]}
        return {"length": len(body), "base64": base64.b64encode(self._bytes(head)[:limit]).decode()}

    def _bytes(self, body: bytes) -> bytes:
        for word in self._words:
            body = body.replace(word.encode(), HIDDEN.encode())
        return body


def _encoded(secret: str) -> set[str]:
    """The parts of base64 that hold `secret` whatever stands before it; both alphabets."""
    found = set()
    for shift in range(3):
        raw = base64.b64encode(b"\0" * shift + secret.encode()).decode()
        inner = raw[(4 if shift else 0) : len(raw) - (len(raw) - len(raw.rstrip("=")) + 1 or 0) - 3]
        if len(inner) >= 6:
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return found


def _head_of_text(body: bytes, *, cut: bool) -> str | None:
    """The body as text, or None when it is none; one that is `cut` may end within a character."""
    if b"\0" in body:
        return None
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        return body[: error.start].decode() if cut and error.start > len(body) - 4 else None
