"""Everything that a broken daemon may do to whoever asks it: one named vice each.

A vice gets the request and the connection and does what it likes. It ends when the other side hangs up, which shows as
an OSError in it.
"""

from __future__ import annotations

import itertools
import socket
import struct
import tarfile
import time
from functools import cache
from typing import NamedTuple

from hostile.daemon import Asked, Vice, response

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
JSON = "Content-Type: application/json"
UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
BLOCK = 1 << 16


def say(data: bytes, *, close: bool = False) -> Vice:
    """Send these bytes, and hang up or not."""

    def vice(asked: Asked) -> None:
        asked.connection.sendall(data)
        if close:
            asked.connection.shutdown(socket.SHUT_RDWR)

    return vice


def for_ever(begin: bytes, more: bytes, pause: float = 0.0) -> Vice:
    """Send `begin`, and then `more` again and again."""

    def vice(asked: Asked) -> None:
        asked.connection.sendall(begin)
        while True:
            asked.connection.sendall(more)
            time.sleep(pause)

    return vice


def silence(asked: Asked) -> None:
    """Say nothing until the other side has enough."""
    while asked.connection.recv(BLOCK):
        pass


def reset(asked: Asked) -> None:
    """Hang up with an error."""
    if asked.connection.family != socket.AF_UNIX:
        asked.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    asked.connection.close()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def json_body(body: bytes) -> Vice:
    return say(response(body, "200 OK", JSON))


def counted(number: int, data: bytes) -> Vice:
    """Announce `number` bytes and send `data` over and over."""
    return for_ever(f"HTTP/1.1 200 OK\r\n{JSON}\r\nContent-Length: {number}\r\n\r\n".encode(), data)


TEN_GB = 10 * 1000**3
ELSEWHERE = "Location: http://192.0.2.1/elsewhere"

#: What may be done to any request.
HTTP: dict[str, Vice] = {
    "accepts and never answers": silence,
    "one byte a second": for_ever(b"", b"H", pause=1.0),
    "one byte of the body a second": for_ever(b"HTTP/1.1 200 OK\r\n\r\n", b"{", pause=1.0),
    "endless body": for_ever(b"HTTP/1.1 200 OK\r\n\r\n", b" " * BLOCK),
    "endless body in chunks of one byte": for_ever(CHUNKED, chunk(b" ") * 8000),
    "endless headers": for_ever(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 100),
    "one endless header": for_ever(b"HTTP/1.1 200 OK\r\nX-More: ", b"more" * 1000),
    "100 Continue for ever": for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "Content-Length too large": say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", close=True),
    "Content-Length too small": say(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}"),
    "Content-Length of nonsense": say(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"),
    "two Content-Lengths": say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "bad chunks": say(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"),
    "a chunk of 16 EB": say(CHUNKED + b"ffffffffffffffff\r\n{}", close=True),
    "endless trailers": for_ever(CHUNKED + chunk(b"{}") + b"0\r\n", b"X-More: and more\r\n"),
    "two answers at once": say(response(b"{}") * 2),
    "HTTP/0.9": say(b"{}\r\n", close=True),
    "HTTP/2 preface": say(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "HTTP/2 frames": say(b"\0\0\x12\x04\0\0\0\0\0" + b"\0" * 18),
    "TLS alert": say(b"\x15\x03\x01\x00\x02\x02\x28", close=True),
    "a status of nonsense": say(b"HTTP/1.1 999999 OK\r\n\r\n"),
    "10 GB of white space": counted(TEN_GB, b" " * BLOCK),
    "10 GB of JSON": counted(TEN_GB, b'[{"a":1},' * 7000),
    "a compressed bomb": say(response(b"\x1f\x8b" + b"\0" * 100, "200 OK", JSON, "Content-Encoding: gzip")),
    "JSON nested 100,000 deep": json_body(b"[" * 100_000 + b"]" * 100_000),
    "JSON nested 100,000 deep in objects": json_body(b'{"ServerVersion":' * 100_000 + b"1" + b"}" * 100_000),
    "JSON of a million objects": json_body(b"[" + b",".join([b"{}"] * 1_000_000) + b"]"),
    "JSON of 16 MB in one string": json_body(
        b'{"ServerVersion":"' + "\U0001f40b".encode() * 4_000_000 + b'"}'
    ),
    "invalid UTF-8": json_body(b'{"ServerVersion":"\xff\xfe"}'),
    "NaN": json_body(b'{"ServerVersion":NaN}'),
    "duplicate keys": json_body(b'{"ServerVersion":"1.9.1","ServerVersion":"1.9.1"}'),
    "a number of 10,000 digits": json_body(b'{"ServerVersion":' + b"9" * 10_000 + b"}"),
    "a number beyond all floats": json_body(b'{"ServerVersion":1e99999}'),
    "null": json_body(b"null"),
    "an empty body": json_body(b""),
    "redirects to elsewhere": say(response(b"", "302 Found", ELSEWHERE)),
    "redirects to itself": say(response(b"", "301 Moved Permanently", "Location: /v1.21/info")),
    "401": say(response(b"who are you", "401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')),
    "closes in the middle of the body": say(CHUNKED + b"ff\r\n{", close=True),
    "closes at once": lambda asked: asked.connection.shutdown(socket.SHUT_RDWR),
    "resets": reset,
    "claims 101 and sends nothing": say(UPGRADED),
    "an escape sequence for the terminal": say(
        response(b'{"message":"\\u001b]0;owned\\u0007\\u001b[2J\\u202e"}', "500 Internal Server Error")
    ),
    "an error of 20 MB": say(response(b"x" * 20_000_000, "500 Internal Server Error")),
}

_EVENT = b'{"status":"create","id":"0123","from":"x","time":1448100000}\r\n'

#: What may be done to who listens to events.
EVENTS: dict[str, Vice] = {
    "endless events": for_ever(CHUNKED, chunk(_EVENT * 500)),
    "endless events of others": for_ever(CHUNKED, chunk(_EVENT), pause=0.01),
    "one endless event": for_ever(CHUNKED, chunk(b'{"status":"' + b"x" * BLOCK), pause=0.0),
    "an event nested without end": for_ever(CHUNKED, chunk(b'{"a":' * 5000)),
    "no event at all": for_ever(CHUNKED, b"", pause=1.0),
    "half an event": say(CHUNKED + chunk(b'{"status":"cre') + b"0\r\n\r\n"),
    "events as text": say(CHUNKED + chunk(b"create 0123") + b"0\r\n\r\n"),
    "endless empty objects": for_ever(CHUNKED, chunk(b"{}" * 10_000)),
}

_FRAME = struct.pack(">BxxxL", 1, 4)

#: What may be done to who attaches to a container.
HIJACK: dict[str, Vice] = {
    "claims 101 and sends nothing": say(UPGRADED),
    "claims 101 and hangs up": say(UPGRADED, close=True),
    "a frame of 4 GB": for_ever(UPGRADED + struct.pack(">BxxxL", 1, 0xFFFFFFFF), b"x" * BLOCK),
    "a frame that is cut": say(UPGRADED + _FRAME + b"ab", close=True),
    "frames of stream 200": say(UPGRADED + struct.pack(">BxxxL", 200, 2) + b"ab", close=True),
    "endless empty frames": for_ever(UPGRADED, struct.pack(">BxxxL", 1, 0) * 8000),
    "endless frames": for_ever(UPGRADED, (_FRAME + b"abcd") * 5000),
    "no frames but text": say(UPGRADED + b"got it\n", close=True),
}


class Bomb(NamedTuple):
    """A member of a hostile archive: its type, what its header says of its size, its content."""

    name: str
    kind: bytes = tarfile.REGTYPE
    size: int | None = None
    content: bytes = b""
    link: str = ""


def tar(*members: Bomb, end: bool = True) -> bytes:
    """An archive whose headers say what they are told to."""
    return b"".join(map(packed, members)) + (b"\0" * 1024 if end else b"")


@cache  # of some there are thousands
def packed(member: Bomb) -> bytes:
    """A member as it stands in an archive."""
    info = tarfile.TarInfo(member.name)
    info.type, info.linkname = member.kind, member.link
    info.size = len(member.content) if member.size is None else member.size
    header = info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
    return header + member.content + b"\0" * (-len(member.content) % 512)


ARCHIVES: dict[str, bytes] = {
    "absolute path": tar(Bomb("/etc/passwd", content=b"owned")),
    "path that climbs": tar(Bomb("../../../../etc/passwd", content=b"owned")),
    "link out": tar(Bomb("inner", tarfile.SYMTYPE, link="/etc"), Bomb("inner/passwd", content=b"owned")),
    "hard link out": tar(Bomb("inner", tarfile.LNKTYPE, link="/etc/passwd")),
    "device": tar(Bomb("sda", tarfile.BLKTYPE)),
    "file of 8 EB": tar(Bomb("inner-", size=1 << 62)),
    "negative size": tar(Bomb("inner-", size=-512)),
    "sparse file": tar(Bomb("inner-", tarfile.GNUTYPE_SPARSE, size=1 << 40)),
    "a million members": tar(*[Bomb("x")] * 20_000),
    "extended header of 1 GB": tar(Bomb("x", tarfile.XHDTYPE, size=1 << 30)),
    "extended header of digits": tar(Bomb("x", tarfile.XHDTYPE, content=b"1" * 60_000), Bomb("inner-")),
    "extended headers without end": tar(*[Bomb("x", tarfile.XHDTYPE, content=b"9 a=bcde\n")] * 20_000),
    "size in an extended header": tar(
        Bomb("x", tarfile.XHDTYPE, content=b"20 size=99999999999\n"), Bomb("inner-")
    ),
    "long name of a long name": tar(*[Bomb("x", tarfile.GNUTYPE_LONGNAME, content=b"y" * 500)] * 1000),
    "no archive": b"PK\x03\x04" + b"\0" * 600,
    "cut in a header": tar(Bomb("inner-"), end=False)[:300],
    "cut in a member": tar(Bomb("inner-", size=1000, content=b"x"), end=False),
    "nothing": b"",
}


def endless_archive(asked: Asked) -> None:
    """Send members of nothing for ever."""
    asked.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\n\r\n")
    for number in itertools.count():
        asked.connection.sendall(tar(Bomb(f"x{number}"), end=False) * 100)


#: What ``GET /version`` may say that is no window of versions.
WINDOWS: dict[str, dict[str, object]] = {
    "99999.1": {"ApiVersion": "99999.1"},
    "empty": {"ApiVersion": ""},
    "negative": {"ApiVersion": "-1.21"},
    "a number": {"ApiVersion": 1.21},
    "upside down": {"MinAPIVersion": "1.30"},
    "null": {"MinAPIVersion": None},
    "an object": {"ApiVersion": {"major": 1}},
    "very long": {"ApiVersion": "1." + "9" * 100_000},
}
