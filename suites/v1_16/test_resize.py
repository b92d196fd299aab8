"""POST /containers/(id)/resize, as the reference of API v1.16 has it."""

import pytest

from conformance import assert_alive, assert_refused, assert_status, assert_success, since
from conformance.testing import KILLED_ON_STOP, becomes_true, is_running


def takes(env, name, size):
    """Whether the terminal gets the size within two seconds."""
    look = ("stty", "-F", "/dev/console", "size")
    return becomes_true(lambda: env.execute(name, *look).stdout.strip() == size)


def takes_after_restart(env, name, size):
    env.post(f"/containers/{name}/restart", {"t": 0})
    return takes(env, name, size)


@pytest.fixture
def terminal_container(env):
    """The name of a running container with a terminal."""
    return env.share_while(
        "terminal container",
        lambda: env.create_container("sleep", "86400", start=True, Tty=True, **KILLED_ON_STOP),
        lambda name: is_running(env, name) is True,
    )


@since("1.16/container-resize")
def test_resize_answers_200(api, terminal_container):
    answer = api.post(f"/containers/{terminal_container}/resize", {"h": 41, "w": 97})

    assert_status(answer, 200)


@since("1.16/container-resize")
def test_the_terminal_takes_the_size_now_or_at_the_next_start(api, env, terminal_container, terminal_size):
    height, width = terminal_size

    assert_success(api.post(f"/containers/{terminal_container}/resize", {"h": height, "w": width}))

    size = f"{height} {width}"
    assert takes(env, terminal_container, size) or takes_after_restart(env, terminal_container, size)


@since("1.16/container-resize")
def test_resize_of_an_unknown_container_is_not_found(api, env):
    answer = api.post(f"/containers/{env.prefix}unknown/resize", {"h": 41, "w": 97})

    assert_status(answer, 404)


@since("1.16/container-resize-refused")
def test_resize_without_numbers_is_refused(api, terminal_container):
    answer = api.post(f"/containers/{terminal_container}/resize", {"h": "tall", "w": "wide"})

    assert_refused(answer)
    assert_alive(api)
