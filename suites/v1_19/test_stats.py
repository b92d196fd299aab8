"""GET /containers/(id)/stats, as API v1.19 changed it."""

import pytest

from conformance import at, since
from conformance.environment.shared_stats import OFF, ON


@since("1.19/stats-stream-false")
@pytest.mark.parametrize("value", OFF)
def test_without_streaming_one_set_comes_and_the_answer_ends(api, container_stats, value):
    answer = container_stats.read(api, value)

    assert answer.status == 200
    assert len(answer.messages()) == 1
    assert answer.complete, "the daemon is to end the answer"


@since("1.19/stats-stream-false")
def test_an_unknown_container_is_not_found(api, env):
    answer = api.get(f"/containers/{env.prefix}nobody/stats", {"stream": "0"})

    assert answer.status == 404


@since("1.19/stats-stream-default")
@pytest.mark.parametrize("value", [None, *ON], ids=["missing", *ON])
def test_sets_of_statistics_keep_coming(api, container_stats, value):
    answer = container_stats.read(api, value)

    assert answer.status == 200
    assert len(answer.messages()) > 1
    assert not answer.complete


@since("1.19/stats-precpu")
@pytest.mark.parametrize("path", ["cpu_usage.total_usage", "system_cpu_usage"])
def test_precpu_stats_are_the_cpu_stats_of_the_set_before(api, container_stats, path):
    sets = container_stats.read(api).messages()
    assert len(sets) > 1, "there is no second set of statistics"

    before, now = (at(one, "cpu_stats", path) for one in sets[:2])
    assert at(sets[1], "precpu_stats", path) == before
    assert before != now, "the container did use the CPU in between"


@since("1.19/stats-precpu")
def test_precpu_stats_of_a_single_set_are_no_copy(api, container_stats):
    sets = container_stats.read(api, "false").messages()
    assert sets, "there is no set of statistics"

    single = sets[0]
    before, now = at(single, "precpu_stats"), at(single, "cpu_stats")
    assert isinstance(before, dict), f"precpu_stats is {before!r}"
    assert isinstance(now, dict), f"cpu_stats is {now!r}"
    assert before != now
