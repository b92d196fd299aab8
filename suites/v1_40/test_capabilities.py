"""POST /containers/create, as the reference of API v1.40 alone describes it: the capabilities in place of the usual ones."""

from conformance import assert_status, since
from conformance.testing import SHOW_STATUS, read_capabilities, run_created


@since("1.40/hostconfig-capabilities")
def test_container_has_these_capabilities_alone(api, env):
    name = env.reserve_name("container")

    body = env.container_body(*SHOW_STATUS, HostConfig={"Capabilities": ["CAP_CHOWN"]})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert read_capabilities(run_created(env, name).stdout) == {"CHOWN"}
