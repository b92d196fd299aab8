"""Docker's own client and the upgrade of connections, as API v1.17 introduced it."""

import pytest

from conformance import assert_status, since
from conformance.testing import KILLED_ON_STOP, run_docker_cli

SCRIPT = "read line; echo got $line"


@pytest.fixture(params=["attach", "exec"])
def recorded_run(request, env, api, api_version, daemon):
    """A run of ``docker attach`` or ``docker exec`` with the input line ``it``."""
    if request.param == "attach":
        name = env.create_container(
            "sh", "-c", SCRIPT, start=True, OpenStdin=True, StdinOnce=True, **KILLED_ON_STOP
        )
        found = run_docker_cli(daemon.endpoint, api_version, "/attach", "attach", name, sent=b"it\n")
    else:
        command = ("exec", "--interactive", env.idle_container(), "sh", "-c", SCRIPT)
        found = run_docker_cli(daemon.endpoint, api_version, "/start", *command, sent=b"it\n")
    api.transcript.append(found.exchange)
    return found


@since("1.17/client-hints-upgrade")
def test_the_client_asks_for_the_upgrade_and_gets_it(recorded_run):
    request, response = recorded_run.exchange.request, recorded_run.exchange.response

    assert ("upgrade", "tcp") in [(name.lower(), value.lower()) for name, value in request.headers]
    assert_status(response, 101)
    assert (response.header("Upgrade") or "").lower() == "tcp"
    assert recorded_run.output == b"got it\n"
