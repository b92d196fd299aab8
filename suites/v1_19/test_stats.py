"""GET /containers/(id)/stats, as API v1.19 changed it."""

import pytest

from conformance import assert_status, assert_type, at, early, since
from fixtures.stats import has_two_sets, read_stats

ON = ("1", "true", "True")
OFF = ("0", "false", "False")


@early
@since("1.19/stats-stream-false")
@pytest.mark.parametrize("value", OFF)
def test_without_streaming_one_set_comes_and_the_answer_ends(api, env, value):
    answer = read_stats(api, env.idle_container(), {"stream": value})

    assert_status(answer, 200)
    assert len(answer.messages()) == 1
    assert answer.complete, "the daemon did not end the answer"


@since("1.19/stats-stream-false")
def test_an_unknown_container_is_not_found(api, env):
    answer = api.get(f"/containers/{env.prefix}unknown/stats", {"stream": "0"})

    assert_status(answer, 404)


@early
@since("1.19/stats-stream-default")
@pytest.mark.parametrize("value", [None, *ON], ids=["missing", *ON])
def test_sets_of_statistics_keep_coming(api, env, value):
    answer = read_stats(api, env.idle_container(), {"stream": value})

    assert_status(answer, 200)
    assert len(answer.messages()) > 1
    assert not answer.complete, "the daemon ended the stream"


@since("1.19/stats-precpu")
@pytest.mark.parametrize("path", ["cpu_usage.total_usage", "system_cpu_usage"])
def test_precpu_stats_are_the_cpu_stats_of_the_set_before(stats_container, stream_in_every_version, path):
    answer = stream_in_every_version(f"/containers/{stats_container.id}/stats", enough=has_two_sets)

    sets = answer.messages()
    assert len(sets) > 1, f"expected two sets of statistics, got {len(sets)}"
    before, now = (at(one, "cpu_stats", path) for one in sets[:2])
    assert at(sets[1], "precpu_stats", path) == before
    assert before != now, f"expected {path} to grow while the container uses the CPU, got {now} twice"


@early
@since("1.19/stats-precpu")
def test_precpu_stats_of_a_single_set_are_no_copy(api, env):
    answer = read_stats(api, env.idle_container(), {"stream": "false"})

    sets = answer.messages()
    assert sets, "expected a set of statistics, got none"
    before = assert_type(sets[0], "precpu_stats", dict)
    now = assert_type(sets[0], "cpu_stats", dict)
    assert before != now
