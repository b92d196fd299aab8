"""MacAddress in POST /containers/create, as API v1.16 added it."""

from conformance import after, assert_status, since
from conformance.testing import run_created

MAC = "02:42:5e:10:00:53"
ADDRESSES = ("sh", "-c", "cat /sys/class/net/*/address")


def create(api, env):
    name = env.reserve_name("container")
    body = env.container_body(*ADDRESSES, MacAddress=MAC)
    return name, api.post("/containers/create", {"name": name}, json=body)


@since("1.16/create-takes-mac-address")
def test_the_interface_has_the_address(api, env):
    name, answer = create(api, env)

    assert_status(answer, 201)
    assert MAC in run_created(env, name).stdout.split()


@after("1.16/create-takes-mac-address")
def test_the_interface_does_not_have_the_address(api, env):
    name, answer = create(api, env)

    assert answer.status >= 400 or MAC not in env.start_and_wait(name).stdout.split()
