"""POST /containers/create, as API v1.23 changed it: name of the host, user namespace, volumes that stay empty."""

import pytest

from conformance import assert_status, before, since
from conformance.testing import run_created

NAMES = {"Hostname": "first", "Domainname": "second.example"}


@since("1.23/create-hostname-domainname")
@pytest.mark.needs("host-namespaces")
def test_hostname_is_without_the_domain(api, env):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body("hostname", **NAMES))

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "first\n"


@before("1.23/create-hostname-domainname")
def test_hostname_is_with_the_domain(api, env):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body("hostname", **NAMES))

    assert_status(answer, 201)
    assert run_created(env, name).stdout == "first.second.example\n"


@since("1.23/hostconfig-usernsmode-host")
@pytest.mark.needs("host-root")
def test_process_has_the_user_namespace_of_the_host(api, env):
    name = env.reserve_name("container")

    body = env.container_body("cat", "/proc/self/uid_map", HostConfig={"UsernsMode": "host"})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert run_created(env, name).stdout.split() == ["0", "0", "4294967295"]


@since("1.23/binds-nocopy")
@pytest.mark.parametrize(("mode", "copied"), [(":nocopy", False), ("", True)], ids=["nocopy", "unsaid"])
def test_what_the_image_has_at_the_path_is_copied_or_not(api, env, mode, copied):
    name, volume = env.reserve_name("container"), env.create_volume()

    body = env.container_body("ls", "/fixtures", HostConfig={"Binds": [f"{volume}:/fixtures{mode}"]})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert ("file" in run_created(env, name).stdout.split()) is copied
