"""POST /containers/(id)/resize, as API v1.15 documents it."""

import pytest

from conformance import since
from conformance.stage.processes import ENDLESS, spoken


def size_now(stage, name):
    return stage.execute(name, "stty", "-F", "/dev/console", "size").out.strip()


def size_after_restart(stage, name):
    stage.post(f"/containers/{name}/restart", {"t": 0})
    return size_now(stage, name)


@pytest.fixture
def terminal_container(stage):
    """The name of a running container with a terminal."""
    script = "echo out; exec sleep 86400"
    return stage.shared("terminal", lambda: spoken(stage, b"out", b"", "sh", "-c", script, Tty=True))


@since("1.15/container-resize")
def test_resize_answers_200(api, terminal_container):
    answer = api.post(f"/containers/{terminal_container}/resize", {"h": 41, "w": 97})

    assert answer.status == 200


@since("1.15/container-resize")
def test_the_terminal_takes_the_size_now_or_at_the_next_start(api, stage):
    name = stage.container("sleep", "86400", start=True, Tty=True, **ENDLESS)

    assert api.post(f"/containers/{name}/resize", {"h": 41, "w": 97}).ok

    assert any(size(stage, name) == "41 97" for size in (size_now, size_after_restart))


@since("1.15/container-resize")
def test_resize_of_an_unknown_container_is_not_found(api, stage):
    answer = api.post(f"/containers/{stage.prefix}nobody/resize", {"h": 41, "w": 97})

    assert answer.status == 404


@since("1.15/container-resize-refused")
def test_resize_without_numbers_is_refused(api, terminal_container):
    answer = api.post(f"/containers/{terminal_container}/resize", {"h": "tall", "w": "wide"})

    assert answer.status >= 400
    assert api.get("/_ping").status == 200
