import pytest

from conformance.environment.image_names import familiar_name
from conformance.http.messages import Response
from conformance.http.progress_stream import progress_error


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (200, b'{"status":"Pulling"}\r\n{"status":"Done"}\r\n', ""),
        (200, b'{"status":"Pulling"}\r\n{"error":"no such host"}\r\n', "no such host"),
        (200, b'{"errorDetail":{"message":"exit 3"}}\r\n', "exit 3"),
        (200, b'{"errorDetail":{},"error":""}', ""),
        # What engines of 2014 answer to a push that fails.
        (200, b'{"status":"Pushing"}\r\n{"errorDetail":{}}\r\n', "an error without a message"),
        (200, b'{"errorDetail":null}', ""),
        (200, b"sha256:abc\n", ""),
        (200, b"", ""),
        (404, b'{"message":"no such image"}', "no such image"),
        (500, b"", "status 500"),
    ],
)
def test_failure_is_reported_by_status_or_within_the_stream(status, body, why):
    assert progress_error(Response(status, body=body)) == why


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("docker.io/library/busybox:1", "busybox:1"),
        ("docker.io/user/image", "user/image"),
        ("localhost/image:1", "image:1"),
        ("127.0.0.1:5000/image:1", "127.0.0.1:5000/image:1"),
        ("busybox", "busybox"),
    ],
)
def test_familiar_names_have_no_default_registry(name, short):
    assert familiar_name(name) == short
