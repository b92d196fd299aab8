"""POST /containers/create, as API v1.41 changed it: the platform of the image, and the cgroup namespace."""

import pytest

from conformance import array, assert_status, before, since
from conformance.testing import run_created


@since("1.41/create-platform")
def test_an_image_of_the_platform_is_taken(api, env, platforms):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name, "platform": platforms.own}, json=env.container_body()
    )

    assert_status(answer, 201)


@since("1.41/create-platform")
def test_an_image_of_another_platform_is_not_found(api, env, platforms):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name, "platform": platforms.foreign}, json=env.container_body()
    )

    assert_status(answer, 404)


@before("1.41/create-platform")
def test_an_image_of_another_platform_is_taken(api, env, platforms):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name, "platform": platforms.foreign}, json=env.container_body()
    )

    assert_status(answer, 201)


@since("1.41/create-platform-warning")
def test_a_warning_names_the_platform_of_a_foreign_image(api, env, platforms, foreign_image):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body(Image=foreign_image))

    assert_status(answer, 201)
    warnings = array(answer.json(), "Warnings")
    assert any(platforms.foreign in warning for warning in warnings), warnings


SHOW_NAMESPACE = ("readlink", "/proc/self/ns/cgroup")


@pytest.fixture
def host_namespace(env):
    """The cgroup namespace of the daemon, as a container in it shows it."""

    def run():
        return env.start_and_wait(
            env.create_container(*SHOW_NAMESPACE, HostConfig={"CgroupnsMode": "host"})
        ).stdout

    return env.share("cgroup namespace of the daemon", run)


@since("1.41/cgroupnsmode")
@pytest.mark.parametrize(("mode", "same"), [("private", False), ("host", True)])
def test_process_is_in_the_cgroup_namespace_of_the_mode(api, env, host_namespace, mode, same):
    name = env.reserve_name("container")

    body = env.container_body(*SHOW_NAMESPACE, HostConfig={"CgroupnsMode": mode})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    namespace = run_created(env, name).stdout
    assert namespace.startswith("cgroup:")
    assert (namespace == host_namespace) is same
