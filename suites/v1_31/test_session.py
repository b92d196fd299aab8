"""POST /session, which API v1.31 added as an experiment."""

from conformance import since
from fixtures.session import PREFACE


@since("1.31/session")
def test_daemon_speaks_http2_to_the_client(api, session_headers):
    with api.hijack("POST", "/session", headers=session_headers) as session:
        begin = session.read_until(PREFACE, timeout=5)

    assert session.status == 101
    assert (session.response.header("Upgrade") or "").lower() == "h2c"
    assert begin.startswith(PREFACE)
