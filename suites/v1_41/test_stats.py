"""GET /containers/(id)/stats, as API v1.41 changed it: a single set of statistics."""

from conformance import ABSENT, assert_type, at, before, early, since

ONE = {"stream": "0", "one-shot": "1"}


@early
@since("1.41/stats-one-shot")
def test_a_single_set_has_no_set_before(api, env):
    document = api.get(f"/containers/{env.idle_container()}/stats", ONE).json()

    assert assert_type(document, "cpu_stats.cpu_usage.total_usage", int) > 0
    assert at(document, "precpu_stats", "cpu_usage", "total_usage") in (0, ABSENT)


@early
@before("1.41/stats-one-shot")
def test_there_is_a_set_before(api, env):
    document = api.get(f"/containers/{env.idle_container()}/stats", ONE).json()

    assert assert_type(document, "precpu_stats.cpu_usage.total_usage", int) > 0
