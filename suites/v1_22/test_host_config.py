"""HostConfig of a container, as API v1.22 changed it: memory for temporary files and for sharing, and no LxcConf any more."""

import pytest

from conformance import ABSENT, assert_status, at, before, since
from conformance.testing import run_created
from fixtures.limits import MIB, SHM_DEFAULT


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


@since("1.22/hostconfig-tmpfs")
def test_temporary_file_systems_have_their_options(api, env):
    name = env.reserve_name("container")

    host = {"Tmpfs": {"/plain": "", "/small": "ro,size=1m"}}
    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body("cat", "/proc/mounts", HostConfig=host)
    )

    assert_status(answer, 201)
    mounts = {words[1]: words for words in map(str.split, run_created(env, name).stdout.splitlines())}
    assert mounts.keys() >= host["Tmpfs"].keys()
    assert (mounts["/plain"][2], mounts["/small"][2]) == ("tmpfs", "tmpfs")
    assert {"ro", "size=1024k"} <= set(mounts["/small"][3].split(","))


@since("1.22/hostconfig-shmsize")
@pytest.mark.parametrize(
    ("members", "sizes"), [({}, SHM_DEFAULT), ({"ShmSize": 8 * MIB}, [8192])], ids=["unsaid", "given"]
)
def test_shared_memory_has_the_size(api, env, members, sizes):
    name = env.reserve_name("container")

    body = env.container_body("df", "-k", "/dev/shm", HostConfig=members)
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert int(run_created(env, name).stdout.splitlines()[-1].split()[1]) in sizes
