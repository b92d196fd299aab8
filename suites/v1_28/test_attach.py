"""GET /containers/(id)/attach/ws, as API v1.28 changed it: binary messages."""

from conformance import since
from conformance.testing import Key, WebSocket


@since("1.28/attach-ws-binary")
def test_output_is_in_binary_messages(api, container_with_output):
    key, query = Key.new(), {"logs": 1, "stream": 1, "stdin": 1, "stdout": 1, "stderr": 1}

    with api.hijack(
        "GET", f"/containers/{container_with_output}/attach/ws", query, headers=key.headers
    ) as attached:
        message = WebSocket(attached, key).message()

    assert not message.text
