"""Frames and JSON messages, however their bytes are split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.http.frames import (
    Frame,
    FrameReader,
    JsonReader,
    StreamError,
    demultiplex,
    multiplex,
    payload,
    split_json,
)

frames = st.lists(st.builds(Frame, st.integers(0, 2), st.binary(max_size=50)), max_size=6)
cuts = st.lists(st.integers(1, 7), min_size=1, max_size=5)


def pieces(data, sizes):
    position = index = 0
    while position < len(data):
        size = sizes[index % len(sizes)]
        yield data[position : position + size]
        position, index = position + size, index + 1


@given(frames, cuts)
def test_frames_survive_any_split(sent, sizes):
    reader = FrameReader()

    received = [frame for piece in pieces(multiplex(sent), sizes) for frame in reader.feed(piece)]
    reader.close()

    assert received == sent


@given(st.binary(max_size=100))
def test_any_bytes_are_frames_or_an_error(data):
    try:
        received = demultiplex(data)
    except StreamError:
        return

    assert multiplex(received) == data


@pytest.mark.parametrize(
    "data",
    [
        b"\x01\0\0\0\0\0\0\x05shor",
        b"\x03\0\0\0\0\0\0\x01x",
        b"\x01\0\0\x01\0\0\0\x01x",
        b"plain text",
        b"\x01\0\0\0\xff\xff\xff\xff",
    ],
    ids=["cut", "stream 3", "padding", "text", "4 GB"],
)
def test_what_is_no_frame_is_an_error(data):
    with pytest.raises(StreamError):
        demultiplex(data)


def test_payload_joins_one_stream():
    assert payload([Frame(1, b"a"), Frame(2, b"x"), Frame(1, b"b")], 1) == b"ab"


@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.none(), max_size=3),
        max_size=5,
    ),
    cuts,
)
def test_messages_survive_any_split(sent, sizes):
    import json

    data = "\r\n".join(json.dumps(message, ensure_ascii=False) for message in sent).encode()
    reader = JsonReader()

    received = [json.loads(text) for piece in pieces(data, sizes) for text in reader.feed(piece)]
    reader.close()

    assert received == sent


@pytest.mark.parametrize(
    "data", [b'{"a":1', b"oops", b'{"a":1} trailing', b'{"a":1}}', b'{"a" 1}', b'{"a":"\xff"}']
)
def test_what_is_no_message_is_an_error(data):
    with pytest.raises(StreamError):
        split_json(data)
