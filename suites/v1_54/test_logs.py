"""GET /containers/(id)/logs, as engines of API v1.54 changed it: records in JSON."""

import pytest

from conformance import assert_status, before, since
from conformance.testing import STDOUT, parse_json, payload


@pytest.fixture
def talker(env):
    """The name of a container that wrote a line and has ended."""

    def make():
        name = env.create_container("echo", "here")
        env.start_and_wait(name)
        return name

    return env.share("container that wrote a line", make)


@since("1.54/logs-json")
def test_records_are_json(api, talker):
    answer = api.get(f"/containers/{talker}/logs", {"stdout": 1, "format": "json"})

    assert_status(answer, 200)
    records = [parse_json(line) for line in answer.text.splitlines()]
    assert [type(record) for record in records] == [dict]
    assert "here" in answer.text


@since("1.54/logs-json")
def test_unknown_format_is_refused(api, talker):
    answer = api.get(f"/containers/{talker}/logs", {"stdout": 1, "format": "xml"})

    assert_status(answer, 400)


@before("1.54/logs-json")
@pytest.mark.parametrize("value", ["json", "xml"])
def test_format_is_ignored(api, talker, value):
    answer = api.get(f"/containers/{talker}/logs", {"stdout": 1, "format": value})

    assert_status(answer, 200)
    assert payload(answer.frames(), STDOUT) == b"here\n"
