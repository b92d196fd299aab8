"""Multiplexed frames, however their bytes are split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from splitting import cuts, pieces

from conformance.http.errors import Malformed
from conformance.http.frames import (
    Frame,
    FrameReader,
    demultiplex,
    multiplex,
    payload,
)

frames = st.lists(st.builds(Frame, st.integers(0, 2), st.binary(max_size=50)), max_size=6)


@given(frames, cuts)
def test_frames_survive_any_split(sent, sizes):
    reader = FrameReader()

    received = [frame for piece in pieces(multiplex(sent), sizes) for frame in reader.feed(piece)]
    reader.close()

    assert received == sent


@given(st.binary(max_size=100))
def test_any_bytes_are_frames_or_malformed(data):
    try:
        received = demultiplex(data)
    except Malformed:
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
def test_what_is_not_a_frame_is_malformed(data):
    with pytest.raises(Malformed):
        demultiplex(data)


def test_payload_joins_one_stream():
    assert payload([Frame(1, b"a"), Frame(2, b"x"), Frame(1, b"b")], 1) == b"ab"
