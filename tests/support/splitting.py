"""Bytes cut into pieces, as a connection may deliver them."""

from hypothesis import strategies as st

cuts = st.lists(st.integers(1, 7), min_size=1, max_size=5)


def pieces(data, sizes):
    position = index = 0
    while position < len(data):
        size = sizes[index % len(sizes)]
        yield data[position : position + size]
        position, index = position + size, index + 1
