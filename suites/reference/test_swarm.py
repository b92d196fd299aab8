"""Swarms: statuses, filters, and members of services, as the references describe them."""

import secrets

import pytest

from conformance import ABSENT, array, assert_refused, assert_status, at, before, since
from fixtures.swarm import SECOND, create_secret, edit, encode, running_task, service_body


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
