"""POST /build, as API v1.18 changed it: limits for the containers of a build, and how to cancel one."""

import time

from conformance import assert_status, at, since
from conformance.testing import becomes_true
from fixtures.limits import MIB

#: Seconds for which the process of the cancelled build would run.
SLEEP = 6


@since("1.18/build-memory")
def test_memory_limits_the_memory(build_limits):
    limits = build_limits.post("/build", memory=64 * MIB)

    assert limits.memory == 64 * MIB


@since("1.18/build-memswap")
def test_memswap_limits_memory_and_swap_together(build_limits):
    limits = build_limits.post("/build", memory=64 * MIB, memswap=96 * MIB)

    assert limits.memory_and_swap == 96 * MIB


@since("1.18/build-memswap-unlimited")
def test_memswap_of_minus_one_leaves_swap_unlimited(build_limits):
    limits = build_limits.post("/build", memory=64 * MIB, memswap=-1)

    assert (limits.memory, limits.memory_and_swap) == (64 * MIB, None)


@since("1.18/build-cpushares")
def test_cpushares_sets_the_weight(build_limits):
    limits = build_limits.post("/build", cpushares=512)

    assert limits.has_shares(512), f"expected the weight of 512 shares, got {limits}"


@since("1.18/build-cpusetcpus")
def test_cpusetcpus_names_the_cpus(build_limits):
    limits = build_limits.post("/build", cpusetcpus="0")

    assert limits.cpus == "0"


@since("1.18/build-cancel")
def test_closing_the_connection_cancels_the_build(api, env, build_context):
    name = env.reserve_name("image")
    mark = build_context.new_label()
    context = build_context(f"LABEL {mark}", f"RUN echo underway && sleep {SLEEP}")

    with api.stream("POST", "/build", {"t": name, "nocache": 1}, **context) as build:
        assert_status(build.response, 200)
        output = ""
        while "underway\n" not in output:
            row = build.message(30)
            assert row is not None, f"the build ended: {build.response.text}"
            output += at(row, "stream") or ""
        ends = time.monotonic() + SLEEP
        listed = becomes_true(lambda: build_context.list_containers(mark))

    # The container of the build is removed before its process could have ended by itself. Of an engine that lists no
    # containers of builds, the check waits until a build that goes on would have created the image.
    gone = becomes_true(
        lambda: listed and not build_context.list_containers(mark),
        ends - time.monotonic() + (0 if listed else 1),
    )
    assert gone or not listed, "the container of the build still runs"
    assert_status(env.client.get(f"/images/{name}/json"), 404)
