"""HostConfig of a container, as API v1.22 changed it: without LxcConf, and with a least limit of kernel memory."""

import pytest

from conformance import ABSENT, assert_status, at, before, since
from fixtures.limits import MIB


@since("1.22/hostconfig-lxcconf-removed")
@pytest.mark.parametrize("host", [{"LxcConf": {"lxc.utsname": "docker"}}, {}], ids=["given", "not given"])
def test_inspect_has_no_lxcconf(api, env, host):
    name = env.reserve_name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.container_body(HostConfig=host))

    assert_status(answer, 201)
    assert at(api.get(f"/containers/{name}/json").json(), "HostConfig.LxcConf") is ABSENT


@before("1.22/hostconfig-lxcconf-removed")
def test_inspect_has_lxcconf(api, env):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert at(document, "HostConfig.LxcConf") is not ABSENT


@since("1.22/hostconfig-oomscoreadj")
@pytest.mark.parametrize("score", [321, 1000])
def test_oom_score_adj_is_that_of_the_process(container_limits, score):
    limits = container_limits.post("/containers/create", HostConfig={"OomScoreAdj": score})

    assert limits.oom_score_adj == score


@since("1.22/hostconfig-kernelmemory-least")
@pytest.mark.parametrize("mib", [1, 3], ids=["one", "three"])
def test_less_than_four_megabytes_of_kernel_memory_are_refused(api, env, mib):
    name = env.reserve_name("container")

    body = env.container_body(HostConfig={"KernelMemory": mib * MIB})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 400)
    assert_status(env.client.get(f"/containers/{name}/json"), 404)
