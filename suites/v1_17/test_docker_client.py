"""Docker's own client and the upgrade of connections, as API v1.17 introduced it."""

import pytest

from conformance import since
from conformance.environment.docker_cli import overhear
from conformance.environment.processes import ENDLESS

SCRIPT = "read line; echo got $line"


@pytest.fixture(params=["attach", "exec"])
def overheard(request, env, api, api_version, daemon):
    """What ``docker attach`` or ``docker exec`` asked for and was answered; its input was the line ``it``."""
    if request.param == "attach":
        name = env.container("sh", "-c", SCRIPT, start=True, OpenStdin=True, StdinOnce=True, **ENDLESS)
        found = overhear(daemon.endpoint, api_version, "/attach", "attach", name, sent=b"it\n")
    else:
        command = ("exec", "--interactive", env.resting(), "sh", "-c", SCRIPT)
        found = overhear(daemon.endpoint, api_version, "/start", *command, sent=b"it\n")
    api.transcript.append(found.exchange)
    return found


@since("1.17/client-hints-upgrade")
def test_the_client_asks_for_the_upgrade_and_gets_it(overheard):
    request, response = overheard.exchange.request, overheard.exchange.response

    assert ("upgrade", "tcp") in [(name.lower(), value.lower()) for name, value in request.headers]
    assert response.status == 101
    assert (response.header("Upgrade") or "").lower() == "tcp"
    assert overheard.output == b"got it\n"
