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
