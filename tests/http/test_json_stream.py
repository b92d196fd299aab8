"""Streams of JSON messages, however their bytes are split."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from splitting import cuts, pieces

from conformance.http.errors import Malformed
from conformance.http.json_stream import Reader, split


@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none(), max_size=3),
        max_size=5,
    ),
    cuts,
)
def test_messages_survive_any_split(sent, sizes):
    data = "\r\n".join(json.dumps(message, ensure_ascii=False) for message in sent).encode()
    reader = Reader()

    received = [json.loads(text) for piece in pieces(data, sizes) for text in reader.feed(piece)]
    reader.close()

    assert received == sent


@pytest.mark.parametrize(
    "data", [b'{"a":1', b"oops", b'{"a":1} trailing', b'{"a":1}}', b'{"a" 1}', b'{"a":"\xff"}']
)
def test_what_is_not_a_message_is_malformed(data):
    with pytest.raises(Malformed):
        split(data)


NDJSON, JSONL, SEQUENCE = "application/x-ndjson", "application/jsonl", "application/json-seq"


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        (NDJSON, b'{"a":1}\n{"b":2}\n'),
        (JSONL, b'{"a":1}\n{"b":2}\n'),
        (JSONL, b'{"a":1}\r\n{"b":2}'),
        (SEQUENCE, b'\x1e{"a":1}\n\x1e{"b":2}\n'),
        ("application/json", b'{"a":1}{"b":2}'),
    ],
)
def test_messages_are_read_in_the_framing_of_their_media_type(media_type, data):
    assert [json.loads(text) for text in split(data, media_type)] == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        (NDJSON, b'{"a":1}\n{"b":2}'),
        (NDJSON, b'{"a":1}{"b":2}\n'),
        (NDJSON, b'{"a":\n1}\n'),
        (NDJSON, b'\x1e{"a":1}\n'),
        (JSONL, b'{"a":1}\n\n{"b":2}\n'),
        (SEQUENCE, b'{"a":1}\n'),
        (SEQUENCE, b'\x1e{"a":1}\x1e{"b":2}\n'),
        (SEQUENCE, b'\x1e{"a":1}'),
    ],
)
def test_another_framing_than_that_of_the_media_type_is_malformed(media_type, data):
    with pytest.raises(Malformed):
        split(data, media_type)


@pytest.mark.parametrize("media_type", [NDJSON, JSONL, SEQUENCE])
def test_a_stream_that_was_left_may_end_within_a_message(media_type):
    mark = b"\x1e" if media_type == SEQUENCE else b""

    texts = split(mark + b'{"a":1}\n' + mark + b'{"b"', media_type, complete=False)

    assert texts == ['{"a":1}']
