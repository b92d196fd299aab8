"""Health checks: Healthcheck of POST /containers/create, and the event health_status, which API v1.24 added."""

from datetime import datetime

import pytest

from conformance import adopt_if_created, assert_refused, assert_status, at, early, since
from conformance.testing import KILLED_ON_STOP, assert_starts, becomes_true, build_image
from fixtures.health import MILLISECOND, SECOND, SELDOM, read_checks, read_health

#: So often that a check waits for two or three at most.
OFTEN = {"Interval": 100 * MILLISECOND}
#: Seconds in which a check that is run so often has been run, also on a busy host.
SOON = 10


@pytest.fixture
def start(api, env):
    """Creates a container with a health check in this version and starts it; returns its name."""

    def start(path, check, **members):
        name = env.reserve_name("container")
        body = env.container_body("sleep", "86400", Healthcheck=check, **members, **KILLED_ON_STOP)
        assert_status(api.post(path, {"name": name}, json=body), 201)
        assert_starts(env, name)
        return name

    return start


@pytest.fixture
def assert_becomes(env):
    """Asserts that a container gets the health within SOON seconds."""

    def wait(name, health):
        becomes_true(lambda: read_health(env, name) == health, SOON)
        assert read_health(env, name) == health

    return wait


@since("1.24/healthcheck-test")
@pytest.mark.parametrize(
    ("test", "file"),
    [
        (["CMD", "touch", "/checked $HOME"], "checked $HOME"),
        (["CMD-SHELL", "touch /checked-$((40 + 2))"], "checked-42"),
    ],
    ids=["arguments", "shell"],
)
def test_check_is_run_in_the_container(env, start, assert_becomes, test, file):
    name = start("/containers/create", {"Test": test, **OFTEN})

    assert_becomes(name, "healthy")
    assert file in env.execute(name, "ls", "/").stdout.splitlines()


@pytest.fixture
def image_with_a_check(env, build_context):
    """The name of an image whose containers are healthy soon after their start."""
    instruction = 'HEALTHCHECK --interval=100ms CMD ["true"]'
    return env.share("image with a health check", lambda: build_image(env, build_context, instruction))


@since("1.24/healthcheck-none")
def test_none_switches_the_check_of_the_image_off(env, start, image_with_a_check):
    name = start("/containers/create", {"Test": ["NONE"]}, Image=image_with_a_check)

    assert not becomes_true(lambda: read_health(env, name) != "none", 0.5)


@since("1.24/healthcheck-inherited")
@pytest.mark.parametrize("check", [{}, {"Test": [], "Interval": 0}], ids=["unsaid", "empty"])
def test_check_is_that_of_the_image(start, assert_becomes, image_with_a_check, check):
    name = start("/containers/create", check, Image=image_with_a_check)

    assert_becomes(name, "healthy")


def read_starts(env, name):
    """The times in seconds at which the checks of a container began."""
    return [datetime.fromisoformat(at(row, "Start")).timestamp() for row in read_checks(env, name)]


@since("1.24/healthcheck-interval")
def test_time_between_two_checks_is_the_interval(env, start):
    name = start("/containers/create", {"Test": ["CMD", "true"], "Interval": 500 * MILLISECOND})

    assert becomes_true(lambda: len(read_starts(env, name)) > 1, SOON), "expected two checks"
    first, second = read_starts(env, name)[:2]
    assert second - first >= 0.5


@since("1.24/healthcheck-timeout")
def test_check_that_takes_longer_has_failed(start, assert_becomes):
    check = {"Test": ["CMD", "sleep", "60"], "Timeout": 200 * MILLISECOND, "Retries": 1, **OFTEN}

    name = start("/containers/create", check)

    assert_becomes(name, "unhealthy")


@since("1.24/healthcheck-retries")
def test_container_is_unhealthy_after_so_many_failures(env, start, assert_becomes):
    check = {"Test": ["CMD", "false"], "Interval": SECOND, "Retries": 2}

    name = start("/containers/create", check)

    assert_becomes(name, "unhealthy")
    assert at(env.get(f"/containers/{name}/json"), "State.Health.FailingStreak") == 2


@since("1.24/healthcheck-least-times")
@pytest.mark.parametrize("member", ["Interval", "Timeout"])
def test_less_than_a_millisecond_is_refused(api, env, member):
    name = env.reserve_name("container")

    body = env.container_body(Healthcheck={"Test": ["CMD", "true"], member: MILLISECOND - 1})
    answer = api.post("/containers/create", {"name": name}, json=body)

    adopt_if_created(env, "container", answer)
    assert_refused(answer)


def become_healthy(env):
    check = {"Test": ["CMD", "true"], "Interval": SELDOM}
    name = env.create_container("sleep", "86400", start=True, Healthcheck=check, **KILLED_ON_STOP)
    becomes_true(lambda: read_health(env, name) == "healthy", SOON)
    return (at(env.get(f"/containers/{name}/json"), "Id"),)


@since("1.24/events-health-status")
def test_change_of_health_emits_health_status(record_events):
    (container,), events = record_events("/events", become_healthy)

    assert "health_status" in events.actions(container, until="health_status")


@early
@since("reference/containers-health-after-signal")
def test_checks_go_on_after_a_signal_that_does_not_end_the_process(api, env):
    check = {"Test": ["CMD", "true"], "Interval": SECOND // 4}
    script = "trap : USR1; while :; do sleep 0.1; done"
    name = env.create_container("sh", "-c", script, start=True, Healthcheck=check, **KILLED_ON_STOP)
    assert becomes_true(lambda: read_checks(env, name), SOON), "expected a check"

    answer = api.post(f"/containers/{name}/kill", {"signal": "USR1"})

    assert_status(answer, 204)
    last = at(read_checks(env, name)[-1], "Start")
    assert becomes_true(lambda: at(read_checks(env, name)[-1], "Start") != last, SOON), "no more checks came"
