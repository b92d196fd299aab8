"""An answer that is read in the background."""

import threading
from contextlib import ExitStack

import pytest
from scripted import read_head, scripted

from conformance.environment.event_recorder import Watch
from conformance.http.client import Client
from conformance.http.documents import at
from conformance.model.errors import ConnectionLost


@pytest.fixture
def served(tmp_path):
    """Serve one raw answer on a socket; ``go`` lets the second half out. Gives a client and ``go``."""
    go = threading.Event()
    with ExitStack() as stack:

        def serve(first, second=b""):
            def script(connection):
                read_head(connection)
                connection.sendall(first)
                go.wait(5)
                connection.sendall(second)

            return Client(stack.enter_context(scripted(tmp_path, script))), go

        yield serve
        go.set()


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_what_has_come_is_seen_before_the_end(served):
    client, go = served(HEAD + chunk(b'{"a":1}'), chunk(b'{"b":2}') + b"0\r\n\r\n")
    watch = Watch(client, "/events")

    early = watch.answer(client, lambda answer: bool(answer.body))
    go.set()
    whole = watch.answer(client)

    assert (early.messages(), early.complete) == ([{"a": 1}], False)
    assert (whole.messages(), whole.complete) == ([{"a": 1}, {"b": 2}], True)


def test_it_leaves_when_there_is_enough(served):
    client, _ = served(HEAD + chunk(b'{"a":1}{"b"'))
    watch = Watch(client, "/events", enough=lambda body: b"1" in body)

    answer = watch.answer(client)

    assert answer.messages() == [{"a": 1}], "a message that was cut by leaving does not count"
    assert not answer.complete
    assert len(client.transcript) == 1


def test_no_answer_at_all_is_the_daemons_fault(served):
    client, go = served(b"")
    go.set()

    with pytest.raises(ConnectionLost):
        Watch(client, "/events", seconds=2).answer(client)


def test_a_reader_is_shown_one_exchange_with_all_that_it_read(served):
    client, _ = served(HEAD + chunk(b'{"a":1,"b":2}') + b"0\r\n\r\n")
    reader = Client(client.endpoint)
    watch = Watch(client, "/events")

    for member in ("a", "b"):
        at(watch.answer(reader).messages()[0], member)

    (exchange,) = reader.transcript
    assert {(0, "a"), (0, "b")} <= set(exchange.response.reads)
