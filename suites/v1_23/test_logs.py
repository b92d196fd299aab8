"""GET /containers/(id)/logs, as API v1.23 changed it: the attributes that log options choose."""

import pytest

from conformance import since
from conformance.testing import STDOUT, payload, start_and_wait_for_output


@pytest.fixture
def logged(env):
    """The name of a container that has written ``hello``, and whose log has a label and a variable with each line."""
    config = {"Type": "json-file", "Config": {"labels": "colour", "env": "SIZE"}}
    members = {"Labels": {"colour": "red"}, "Env": ["SIZE=large"], "HostConfig": {"LogConfig": config}}
    script = "echo hello; exec sleep 86400"
    return env.share(
        "logged with details",
        lambda: start_and_wait_for_output(env, b"hello\n", b"", "sh", "-c", script, **members),
    )


@since("1.23/logs-details")
@pytest.mark.parametrize("value", ["1", "true", "True"])
def test_details_are_with_each_line(api, logged, value):
    answer = api.get(f"/containers/{logged}/logs", {"stdout": 1, "details": value})

    line = payload(answer.frames(), STDOUT)
    assert [word in line for word in (b"colour=red", b"SIZE=large", b"hello")] == [True, True, True]


@since("1.23/logs-details")
@pytest.mark.parametrize("query", [{}, {"details": "0"}, {"details": "false"}], ids=["unsaid", "0", "false"])
def test_details_are_left_out(api, logged, query):
    answer = api.get(f"/containers/{logged}/logs", {"stdout": 1, **query})

    assert payload(answer.frames(), STDOUT) == b"hello\n"
