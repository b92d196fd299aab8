"""GET /containers/(id)/logs, as API v1.35 changed it: the parameter until."""

import pytest

from conformance import since
from conformance.testing import STDOUT, payload


@pytest.fixture
def logged(env):
    """The name of a container that has written ``one`` and two seconds later ``two``, and a time in between."""

    def make():
        name = env.create_container("sh", "-c", "date +%s >&2; echo one; sleep 2.5; echo two")
        return name, int(env.start_and_wait(name).stderr) + 2

    return env.share("logged in two seconds", make)


@since("1.35/logs-until")
def test_lines_before_the_time_come(api, logged):
    name, between = logged

    answer = api.get(f"/containers/{name}/logs", {"stdout": 1, "until": between})

    assert payload(answer.frames(), STDOUT) == b"one\n"


@since("1.35/logs-until")
@pytest.mark.parametrize("query", [{}, {"until": 0}], ids=["unsaid", "0"])
def test_all_lines_come_without_a_time(api, logged, query):
    answer = api.get(f"/containers/{logged[0]}/logs", {"stdout": 1, **query})

    assert payload(answer.frames(), STDOUT) == b"one\ntwo\n"
