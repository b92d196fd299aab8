"""API versions in JSON and in plain values."""

import msgspec
import pytest

from conformance.model import codec
from conformance.model.versions import ApiVersion


class Pair(msgspec.Struct):
    version: ApiVersion
    other: ApiVersion | None = None


def test_a_version_is_text_in_json_and_in_plain_values():
    pair = Pair(ApiVersion(1, 100))

    assert codec.encode(pair) == b'{"version":"1.100","other":null}'
    assert codec.to_builtins(pair) == {"version": "1.100", "other": None}


def test_a_version_is_read_back():
    pair = Pair(ApiVersion(1, 100), ApiVersion(1, 9))

    assert codec.decode(codec.encode(pair), Pair) == pair
    assert codec.convert(codec.to_builtins(pair), Pair) == pair
    assert codec.decoder(list[Pair]).decode(codec.encode([pair])) == [pair]


@pytest.mark.parametrize("text", ['{"version":"v1.2"}', '{"version":1.2}', '{"version":[1,2]}'])
def test_what_is_not_a_version_is_an_error_of_the_decoder(text):
    with pytest.raises(msgspec.ValidationError, match="not an API version"):
        codec.decode(text, Pair)
