"""A signed image manifest of the first schema, as engines up to Docker 1.9 push it."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v1+prettyjws"
_END = b"\n}"


def sign_manifest(**members: Any) -> bytes:
    """The manifest with `members`, signed as a JSON Web Signature by a new key."""
    payload = json.dumps({"schemaVersion": 1, **members}, indent=3).encode()
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_numbers()
    about = {
        "formatLength": len(payload) - len(_END),
        "formatTail": _encode(_END),
        "time": "2015-01-01T00:00:00Z",
    }
    protected = _encode(json.dumps(about).encode())
    signed = key.sign(f"{protected}.{_encode(payload)}".encode(), ec.ECDSA(hashes.SHA256()))
    halves = [number.to_bytes(32, "big") for number in utils.decode_dss_signature(signed)]
    jwk = {"kty": "EC", "crv": "P-256"} | {
        name: _encode(number.to_bytes(32, "big")) for name, number in (("x", point.x), ("y", point.y))
    }
    signature = {"header": {"jwk": jwk, "alg": "ES256"}, "signature": _encode(b"".join(halves))}
    rows = json.dumps([{**signature, "protected": protected}]).encode()
    return payload.removesuffix(_END) + b',\n   "signatures": ' + rows + _END


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
