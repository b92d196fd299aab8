"""Exchanges that run in a thread, and what their readers see."""

import threading
from contextlib import ExitStack

import pytest
from scripted import read_head, scripted

from conformance.environment.shared_exchange import SharedRequest, SharedStream
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


def test_a_part_of_a_stream_is_read_before_its_end(served):
    client, go = served(HEAD + chunk(b'{"a":1}'), chunk(b'{"b":2}') + b"0\r\n\r\n")
    stream = SharedStream(client, "/events")

    early = stream.answer(client, lambda answer: bool(answer.body))
    go.set()
    whole = stream.answer(client)

    assert (early.messages(), early.complete) == ([{"a": 1}], False)
    assert (whole.messages(), whole.complete) == ([{"a": 1}, {"b": 2}], True)


def test_a_stream_is_left_when_enough_has_come(served):
    client, _ = served(HEAD + chunk(b'{"a":1}{"b"'))
    stream = SharedStream(client, "/events", enough=lambda body: b"1" in body)

    answer = stream.answer(client)

    assert answer.messages() == [{"a": 1}], "a message that was cut by leaving does not count"
    assert not answer.complete
    assert len(client.transcript) == 1


def test_a_stream_without_an_answer_is_a_fault_of_the_daemon(served):
    client, go = served(b"")
    go.set()

    with pytest.raises(ConnectionLost):
        SharedStream(client, "/events", seconds=2).answer(client)


def test_a_reader_that_reads_twice_has_one_exchange_with_all_reads(served):
    client, _ = served(HEAD + chunk(b'{"a":1,"b":2}') + b"0\r\n\r\n")
    reader = Client(client.endpoint)
    stream = SharedStream(client, "/events")

    for member in ("a", "b"):
        at(stream.answer(reader).messages()[0], member)

    (exchange,) = reader.transcript
    assert {(0, "a"), (0, "b")} <= set(exchange.response.reads)


def test_every_reader_of_a_request_has_the_exchange_and_only_the_first_waited(served):
    client, go = served(b"", b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}')
    first, second = Client(client.endpoint), Client(client.endpoint)
    request = SharedRequest(client, "POST", "/containers/create", json={})
    threading.Timer(0.2, go.set).start()

    answers = [request.answer(reader).json() for reader in (first, second)]

    assert answers == [{"a": 1}, {"a": 1}]
    assert client.transcript == [], "the thread has a transcript of its own"
    (waited,), (later,) = first.transcript, second.transcript
    assert waited.request is later.request
    assert waited.seconds > 0.1 > later.seconds


def test_a_request_without_an_answer_fails_for_every_reader(served):
    client, go = served(b"")
    go.set()
    request = SharedRequest(client, "GET", "/info")

    for _ in range(2):
        reader = Client(client.endpoint)
        with pytest.raises(ConnectionLost):
            request.answer(reader)
        assert len(reader.transcript) == 1
