"""Swarms: statuses, filters, and members of services, as the references describe them."""

import secrets

import pytest

from conformance import ABSENT, array, assert_refused, assert_status, assert_type, at, before, since
from conformance.testing import read_clock, wait_until
from fixtures.swarm import (
    PATIENCE,
    SECOND,
    as_file,
    create_secret,
    create_service,
    edit,
    encode,
    running_task,
    service_body,
    tasks_of,
)
from fixtures.times import read_time


@since("reference/swarm-inactive-status")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/swarm", None),
        ("GET", "/nodes", None),
        ("GET", "/services", None),
        ("GET", "/tasks", None),
        ("GET", "/secrets", None),
        ("POST", "/services/create", {"Name": "nosuch"}),
        ("POST", "/secrets/create", {"Name": "nosuch", "Data": encode("nothing")}),
        ("POST", "/swarm/leave", None),
        ("POST", "/swarm/update?version=1", {"Name": "default"}),
    ],
    ids=lambda value: value.partition("?")[0] if isinstance(value, str) else "",
)
def test_a_daemon_in_no_swarm_is_unavailable(alone, method, path, body):
    answer = alone.api.request(method, path, json=body)

    assert_refused(answer)
    assert_status(answer, 503)


@since("reference/swarm-secrets-filters")
@pytest.mark.parametrize("name", ["id", "name", "label"])
def test_filter_leaves_the_secrets_that_fit(swarm, name):
    def make():
        mark = f"mark-{secrets.token_hex(4)}"
        labels = {**swarm.env.labels, mark: "1"}
        return mark, create_secret(swarm.env, Labels=labels), create_secret(swarm.env)

    mark, one, other = swarm.env.share("secret with a mark, and another", make)
    values = {"id": one, "name": swarm.env.get(f"/secrets/{one}")["Spec"]["Name"], "label": f"{mark}=1"}

    answer = swarm.api.get("/secrets", {"filters": {name: [values[name]]}})

    assert_status(answer, 200)
    listed = [at(row, "ID") for row in array(answer.json())]
    assert (one in listed, other in listed) == (True, False)


@since("reference/swarm-secret-update-by-name")
def test_a_secret_is_updated_by_its_name(swarm):
    secret = create_secret(swarm.env)
    query, spec = edit(swarm.env, f"/secrets/{secret}", Labels={**swarm.env.labels, "colour": "blue"})

    answer = swarm.api.post(f"/secrets/{spec['Name']}/update", query, json=spec)

    assert_status(answer, 200)
    assert swarm.env.get(f"/secrets/{secret}")["Spec"]["Labels"]["colour"] == "blue"


def with_check(**members):
    """Members of a service whose containers have a health check that leaves a file."""
    check = {"Test": ["CMD", "touch", "/checked"], "Interval": SECOND, "Timeout": 5 * SECOND, **members}
    return {"TaskTemplate": {"ContainerSpec": {"HealthCheck": check}}}


@since("reference/swarm-service-healthcheck")
def test_the_check_is_run_in_the_containers_of_a_service(swarm):
    body = service_body(swarm.env, **with_check())

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    # A task with a check runs once it has succeeded.
    assert "checked" in running_task(swarm.env, body["Name"]).run("ls", "/").split()


def read_start_interval(swarm, answer, service):
    assert_status(answer, 201)
    container = running_task(swarm.env, service).container
    return at(swarm.env.get(f"/containers/{container}/json"), "Config", "Healthcheck", "StartInterval")


@since("reference/swarm-service-health-start-interval")
def test_containers_of_a_service_have_the_interval_of_the_start(swarm):
    body = service_body(swarm.env, **with_check(StartPeriod=9 * SECOND, StartInterval=SECOND))

    answer = swarm.api.post("/services/create", json=body)

    assert read_start_interval(swarm, answer, body["Name"]) == SECOND


@before("reference/swarm-service-health-start-interval")
def test_containers_of_a_service_do_not_have_the_interval_of_the_start(swarm):
    body = service_body(swarm.env, **with_check(StartPeriod=9 * SECOND, StartInterval=SECOND))

    answer = swarm.api.post("/services/create", json=body)

    assert read_start_interval(swarm, answer, body["Name"]) in (ABSENT, None, 0)


@since("reference/swarm-service-mount-subpath")
def test_containers_of_a_service_have_the_folder_of_the_volume(swarm):
    volume = swarm.env.create_volume()
    host = {"Binds": [f"{volume}:/data"]}
    filler = swarm.env.create_container(
        "sh", "-c", "mkdir /data/part; touch /data/part/inside /data/beside", HostConfig=host
    )
    swarm.env.start_and_wait(filler)
    mount = {"Type": "volume", "Source": volume, "Target": "/part", "VolumeOptions": {"Subpath": "part"}}
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": {"Mounts": [mount]}})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert running_task(swarm.env, body["Name"]).run("ls", "/part") == "inside\n"


@since("reference/swarm-task-exit-code")
@pytest.mark.parametrize("code", [0, 7])
def test_a_task_that_has_ended_tells_its_exit_code(swarm, code):
    service = create_service(swarm.env, "sh", "-c", f"exit {code}")
    wait_until(
        lambda: any(row["Status"]["State"] in ("complete", "failed") for row in tasks_of(swarm.env, service)),
        "the end of the task",
        PATIENCE,
    )
    task = tasks_of(swarm.env, service)[0]["ID"]

    document = swarm.api.get(f"/tasks/{task}").json()

    assert assert_type(document, "Status.ContainerStatus.ExitCode", int) == code


@since("reference/swarm-network-created")
def test_a_network_of_a_swarm_has_the_time_of_its_creation(swarm, overlay):
    document = swarm.api.get(f"/networks/{overlay.network}").json()

    created = read_time(document, "Created").timestamp()
    assert abs(created - read_clock(swarm.env)) < 24 * 3600


def run_with_file_of_tester(swarm, kind, identity, file):
    """Create a service whose containers have a secret or a config as a file of user 1000 and group 44; return its task."""
    given = as_file(swarm.env, kind, identity, file)
    for [reference] in given.values():
        reference["File"] |= {"UID": "1000", "GID": "44", "Mode": 0o440}
    body = service_body(swarm.env, TaskTemplate={"ContainerSpec": given})

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    return running_task(swarm.env, body["Name"])


@since("reference/swarm-secret-file")
def test_the_file_of_a_secret_has_the_owner_and_the_mode(swarm, secret):
    task = run_with_file_of_tester(swarm, "secret", secret, "word")

    assert task.run("stat", "-c", "%u %g %a", "/run/secrets/word") == "1000 44 440\n"


@since("reference/swarm-config-file")
def test_the_file_of_a_config_has_the_owner_and_the_mode(swarm, config):
    task = run_with_file_of_tester(swarm, "config", config, "/word")

    assert task.run("stat", "-Lc", "%u %g %a", "/word") == "1000 44 440\n"
