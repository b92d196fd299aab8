"""What is pruned, as the reference of API v1.28 has it: what was created before a time."""

import time

import pytest

from conformance import assert_status, since
from conformance.testing import read_clock
from fixtures.prune import PRUNABLE

NOUNS = pytest.mark.parametrize("noun", ["containers", "images", "networks"])


@since("1.28/prune-filter-until")
@NOUNS
@pytest.mark.parametrize(
    ("seconds", "goes"), [(-3600, False), (3600, True)], ids=["an hour ago", "in an hour"]
)
def test_only_what_is_older_is_removed(spare_engine, noun, seconds, goes):
    create, path = PRUNABLE[noun]
    name = create(spare_engine.env, spare_engine.env.labels)

    until = int(read_clock(spare_engine.env)) + seconds
    answer = spare_engine.api.post(f"/{noun}/prune", {"filters": {"until": [str(until)]}})

    assert_status(answer, 200)
    assert (spare_engine.env.client.get(path.format(name)).status == 404) is goes


@since("1.28/prune-filter-until")
@NOUNS
def test_time_may_be_a_duration_before_now(spare_engine, noun):
    create, path = PRUNABLE[noun]
    older = create(spare_engine.env, spare_engine.env.labels)
    time.sleep(2)
    younger = create(spare_engine.env, spare_engine.env.labels)

    answer = spare_engine.api.post(f"/{noun}/prune", {"filters": {"until": ["1s"]}})

    assert_status(answer, 200)
    found = [spare_engine.env.client.get(path.format(name)).status for name in (older, younger)]
    assert found == [404, 200]
