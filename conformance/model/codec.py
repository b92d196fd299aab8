"""Structs as JSON and as plain values: like msgspec, with an API version written as ``"1.21"``."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from conformance.model.text import escape_json
from conformance.model.versions import ApiVersion

T = TypeVar("T")


def _encode(value: object) -> str:
    if isinstance(value, ApiVersion):
        return str(value)
    raise NotImplementedError(f"cannot encode {type(value).__name__}")


def _decode(kind: type[Any], value: object) -> Any:
    if kind is ApiVersion:
        if not isinstance(value, str):
            raise ValueError(f"not an API version: {value!r} (expected text, for example 1.21)")
        return ApiVersion.parse(value)
    raise NotImplementedError(f"cannot decode {kind.__name__}")


_ENCODER = msgspec.json.Encoder(enc_hook=_encode)
_ORDERED = msgspec.json.Encoder(enc_hook=_encode, order="deterministic")


def encode(value: Any, *, ordered: bool = False) -> bytes:
    """A value as JSON; `ordered` sorts the members of objects."""
    return (_ORDERED if ordered else _ENCODER).encode(value)


def encode_indented(value: Any) -> bytes:
    """A value as JSON for readers: indented, with a line feed at its end, and safe to show (see ``escape_json``)."""
    return escape_json(msgspec.json.format(encode(value), indent=2)) + b"\n"


def decode(data: bytes | str | msgspec.Raw, kind: type[T]) -> T:
    """A value of `kind` from JSON. Raises msgspec.DecodeError for anything else."""
    return msgspec.json.decode(data, type=kind, dec_hook=_decode)


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """A decoder for many values of one kind."""
    return msgspec.json.Decoder(kind, dec_hook=_decode)


def to_builtins(value: Any) -> Any:
    """A value as dictionaries, lists and text, as its JSON would be read back."""
    return msgspec.to_builtins(value, enc_hook=_encode)


def convert(value: Any, kind: type[T]) -> T:
    """A value of `kind` from dictionaries, lists and text. Raises msgspec.ValidationError for anything else."""
    return msgspec.convert(value, kind, dec_hook=_decode)
