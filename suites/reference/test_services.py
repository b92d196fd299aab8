"""Services and tasks: parameters that no list of changes names."""

import secrets

import pytest

from conformance import assert_status, assert_type, at, since
from conformance.testing import STDERR, STDOUT, becomes_true, encode_credentials, payload, read_clock
from fixtures.plugins import start_registry
from fixtures.swarm import PATIENCE, REPLICAS, create_service, edit, running_task, service_body


@since("reference/services-log-since")
@pytest.mark.parametrize("kind", ["services", "tasks"])
def test_log_has_what_was_written_since_then(swarm, talking_service, kind):
    identity = talking_service.service if kind == "services" else talking_service.id
    later = int(read_clock(swarm.env)) + 60

    everything = swarm.api.get(f"/{kind}/{identity}/logs", {"stdout": 1, "since": 1})
    nothing = swarm.api.get(f"/{kind}/{identity}/logs", {"stdout": 1, "since": later})

    assert_status(everything, 200)
    assert_status(nothing, 200)
    assert [payload(answer.frames(), STDOUT) for answer in (everything, nothing)] == [b"first\nsecond\n", b""]


@pytest.fixture
def followed_service(swarm):
    """A running task whose log may grow."""
    return swarm.env.share("followed service", lambda: running_task(swarm.env, create_service(swarm.env)))


@since("reference/services-log-follow")
@pytest.mark.parametrize("kind", ["services", "tasks"])
def test_followed_log_has_what_is_written_meanwhile(swarm, followed_service, kind):
    identity = followed_service.service if kind == "services" else followed_service.id
    line = secrets.token_hex(8)

    with swarm.api.stream("GET", f"/{kind}/{identity}/logs", {"stdout": 1, "follow": 1}) as stream:
        followed_service.run("sh", "-c", f"echo {line} > /proc/1/fd/1")
        while line.encode() not in stream.response.body:
            assert stream.read(PATIENCE) is not None, "the stream has ended while the task still runs"


@since("reference/services-log-details")
def test_lines_of_a_task_name_it(swarm, talking_service):
    answer = swarm.api.get(f"/tasks/{talking_service.id}/logs", {"stderr": 1, "details": 1})

    assert_status(answer, 200)
    text = payload(answer.frames(), STDERR).decode()
    assert f"com.docker.swarm.task.id={talking_service.id}" in text


@since("reference/services-rollback")
def test_service_is_again_what_it_was(swarm):
    service = create_service(swarm.env, Labels={"colour": "red"}, **REPLICAS[0])
    query, spec = edit(swarm.env, f"/services/{service}", Labels={"colour": "blue"})
    swarm.env.post(f"/services/{service}/update", query, json=spec)

    query, spec = edit(swarm.env, f"/services/{service}")
    answer = swarm.api.post(f"/services/{service}/update", {**query, "rollback": "previous"}, json=spec)

    assert_status(answer, 200)
    assert becomes_true(
        lambda: at(swarm.env.get(f"/services/{service}"), "Spec", "Labels", "colour") == "red", PATIENCE
    )


@pytest.fixture
def swarm_registry(env, experimental_swarm):
    """A registry that asks for a login, which a swarm reaches."""
    return experimental_swarm.env.share(
        "registry for a swarm", lambda: start_registry(env, experimental_swarm)
    )


@pytest.fixture
def guarded_image(experimental_swarm, swarm_registry):
    """The name of an image that only a login gets from the registry; the engine does not have it now."""
    env = experimental_swarm.env

    def push():
        (name,) = swarm_registry.reserve_names("image")
        repo, _, tag = name.rpartition(":")
        env.post(f"/images/{env.image}/tag", {"repo": repo, "tag": tag})
        swarm_registry.push(name)
        return name

    name = env.share("guarded image", push)
    env.client.delete(f"/images/{name}", {"force": 1})
    return name


def with_image(env, image, replicas):
    """The body of a service whose tasks run an image."""
    return service_body(env, TaskTemplate={"ContainerSpec": {"Image": image}}, **REPLICAS[replicas])


@since("reference/services-registry-auth")
def test_task_pulls_its_image_with_the_credentials(experimental_swarm, swarm_registry, guarded_image):
    api, env, _ = experimental_swarm
    body, headers = with_image(env, guarded_image, 1), swarm_registry.auth_header()

    answer = api.post("/services/create", json=body, headers=headers)

    assert_status(answer, 201)
    assert running_task(env, assert_type(answer.json(), "ID", str)).id


@since("reference/services-update-registry-auth")
def test_updated_task_pulls_its_image_with_the_credentials(experimental_swarm, swarm_registry, guarded_image):
    api, env, _ = experimental_swarm
    service = env.post("/services/create", json=with_image(env, guarded_image, 0)).json()["ID"]

    query, spec = edit(env, f"/services/{service}", **REPLICAS[1])
    headers = swarm_registry.auth_header()
    answer = api.post(f"/services/{service}/update", query, json=spec, headers=headers)

    assert_status(answer, 200)
    assert running_task(env, service).id


@since("reference/services-registry-auth-from")
def test_task_pulls_its_image_with_the_credentials_of_before(
    experimental_swarm, swarm_registry, guarded_image
):
    api, env, _ = experimental_swarm
    body, headers = with_image(env, guarded_image, 0), swarm_registry.auth_header()
    service = env.post("/services/create", json=body, headers=headers).json()["ID"]
    query, spec = edit(env, f"/services/{service}", Labels={"colour": "red"})
    none = {"X-Registry-Auth": encode_credentials({})}
    env.post(f"/services/{service}/update", query, json=spec, headers=none)

    query, spec = edit(env, f"/services/{service}", **REPLICAS[1])
    query["registryAuthFrom"] = "previous-spec"
    answer = api.post(f"/services/{service}/update", query, json=spec)

    assert_status(answer, 200)
    assert running_task(env, service).id
