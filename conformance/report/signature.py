"""Signatures of certificates: a DSSE envelope with ed25519, or a statement with a signature by ``ssh-keygen -Y sign``."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, Key, SSlibKey  # type: ignore[attr-defined]

from conformance.model.errors import ConformanceError, UsageError
from conformance.model.text import escape_json

PAYLOAD_TYPE = "application/vnd.in-toto+json"
NAMESPACE = "docker-api-conformance"


class InvalidSignature(ConformanceError):
    """A certificate's signature is missing, or is not by the given key. Exit code 1."""


def encode(statement: dict[str, Any]) -> bytes:
    """A statement as the bytes that are signed."""
    return escape_json(msgspec.json.format(msgspec.json.encode(statement), indent=1)) + b"\n"


def sign(statement: dict[str, Any], key: Path) -> bytes:
    """A signed statement as a DSSE envelope. Raises UsageError for a key that cannot sign."""
    envelope = Envelope(encode(statement), PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(_private(key)))
    return msgspec.json.format(msgspec.json.encode(envelope.to_dict()), indent=1) + b"\n"


def _private(path: Path) -> Ed25519PrivateKey:
    data = _read(path)
    ssh = data.startswith(b"-----BEGIN OPENSSH")
    try:
        key = (
            serialization.load_ssh_private_key(data, None)
            if ssh
            else serialization.load_pem_private_key(data, None)
        )
    except TypeError:
        raise UsageError(
            f"{path}: the key is encrypted; give one without a passphrase, or sign the statement with ssh-keygen"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        public = " (it is a public key)" if b"PUBLIC" in data or data.startswith(b"ssh-") else ""
        raise UsageError(
            f"{path}: not a private key{public}: 'openssl genpkey -algorithm ed25519' generates one"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{path}: not an ed25519 key: 'openssl genpkey -algorithm ed25519' generates one")
    return key


def _public(path: Path) -> Ed25519PublicKey:
    data = _read(path)
    try:
        key = (
            serialization.load_ssh_public_key(data)
            if data.startswith((b"ssh-", b"ecdsa-"))
            else serialization.load_pem_public_key(data)
        )
    except (ValueError, UnsupportedAlgorithm):
        private = " (it is a private key: keep it to yourself)" if b"PRIVATE" in data else ""
        raise UsageError(f"{path}: not a public key{private}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path}: not an ed25519 key")
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot read the file: {error.strerror}") from None


def open_verified(certificate: Path, key: Path) -> dict[str, Any]:
    """Verify the signature of a certificate with the public key; returns its statement.

    Raises UsageError for a file that is not a certificate or not a key, InvalidSignature for a signature by another key.
    """
    data = _read(certificate)
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{certificate}: not a certificate: {error}") from None
    if isinstance(document, dict) and "payload" in document:
        return _open_envelope(certificate, document, _public(key))
    if isinstance(document, dict) and "_type" in document:
        _verify_ssh(certificate, key)
        return document
    raise UsageError(f"{certificate}: not a certificate: neither an envelope nor a statement")


def _open_envelope(path: Path, document: dict[str, Any], key: Ed25519PublicKey) -> dict[str, Any]:
    try:
        envelope = Envelope.from_dict(document)
        if envelope.payload_type != PAYLOAD_TYPE:
            raise ValueError(f"it holds {envelope.payload_type}")
        # the given key is tried whatever id the signer gave it
        keys: list[Key] = [SSlibKey.from_crypto(key, keyid=name) for name in envelope.signatures]
        if not keys:
            raise InvalidSignature(f"{path}: it has no signature")
        envelope.verify(keys, 1)
        statement: dict[str, Any] = msgspec.json.decode(envelope.payload, type=dict[str, Any])
    except VerificationError:
        raise InvalidSignature(
            f"{path}: the signature is not by that key, or the certificate was changed"
        ) from None
    except (KeyError, TypeError, ValueError, AttributeError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: not a certificate: {error}") from None
    return statement


def _verify_ssh(statement: Path, key: Path) -> None:
    public = _read(key)
    _public(key)
    signature = statement.with_name(statement.name + ".sig")
    if not signature.is_file():
        raise UsageError(
            f"{statement}: there is no signature {signature.name} beside it; 'ssh-keygen -Y sign -n {NAMESPACE} -f KEY {statement.name}' writes it"
        )
    if not public.startswith(b"ssh-"):
        raise UsageError(
            f"{key}: a signature by ssh-keygen is verified with a public key of OpenSSH (ssh-ed25519 ...)"
        )
    tool = shutil.which("ssh-keygen")
    if tool is None:
        raise UsageError("ssh-keygen is not installed, and this certificate is signed with it")
    with tempfile.NamedTemporaryFile(prefix="docker-conformance-signers-") as signers:
        signers.write(b"signer " + public.strip().splitlines()[0] + b"\n")
        signers.flush()
        command = [
            tool,
            "-Y",
            "verify",
            "-f",
            signers.name,
            "-I",
            "signer",
            "-n",
            NAMESPACE,
            "-s",
            str(signature),
        ]
        with statement.open("rb") as data:
            done = subprocess.run(command, stdin=data, capture_output=True, check=False, timeout=30)
    if done.returncode:
        raise InvalidSignature(f"{statement}: the signature is not by that key, or the statement was changed")
