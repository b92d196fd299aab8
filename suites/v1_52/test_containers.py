"""Containers, as API v1.52 changed them: what an inspection leaves out, kernel memory, and the system of statistics."""

from conformance import ABSENT, assert_status, at, since
from fixtures.limits import MIB


@since("1.52/inspect-no-empty-onbuild")
def test_empty_list_of_triggers_is_left_out(api, env):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert at(document, "Config.OnBuild") is ABSENT


@since("1.52/kernelmemorytcp-ignored")
def test_kernel_memory_of_tcp_is_not_taken(api, env):
    name = env.create_container()

    answer = api.post(f"/containers/{name}/update", json={"KernelMemoryTCP": 512 * MIB, "CpuShares": 512})

    assert_status(answer, 200)
    host = at(api.get(f"/containers/{name}/json").json(), "HostConfig")
    assert (at(host, "KernelMemoryTCP"), at(host, "CpuShares")) == (ABSENT, 512)


@since("1.52/stats-os-type")
def test_system_is_linux(api, env):
    document = api.get(
        f"/containers/{env.idle_container()}/stats", {"stream": "false", "one-shot": "true"}
    ).json()

    assert at(document, "os_type") == "linux"
