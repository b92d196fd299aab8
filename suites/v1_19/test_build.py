"""POST /build, as API v1.19 changed it: the CPU time of the containers of a build."""

from conformance import since


@since("1.19/build-cpuperiod")
def test_cpuperiod_sets_the_period(build_limits):
    limits = build_limits.post("/build", cpuperiod=50_000)

    assert limits.cpu_period == 50_000


@since("1.19/build-cpuquota")
def test_cpuquota_sets_the_time_per_period(build_limits):
    limits = build_limits.post("/build", cpuquota=20_000)

    assert limits.cpu_quota == 20_000
