"""The cache of the builder: what it holds, and pruning it, as the references up to v1.39 describe it."""

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import FixtureError
from fixtures.build_cache import list_build_cache


@since("1.31/build-prune")
def test_prune_tells_what_it_has_freed(build_engine, build_cache):
    answer = build_engine.api.post("/build/prune", {"all": 1})

    assert_status(answer, 200)
    assert assert_type(answer.json(), "SpaceReclaimed", int) > 0
    assert len(build_cache) > 0


@since("1.39/build-prune-caches")
def test_prune_names_the_records_that_it_has_removed(build_engine, build_cache):
    answer = build_engine.api.post("/build/prune", {"all": 1})

    deleted = array(answer.json(), "CachesDeleted")
    left = [record["ID"] for record in list_build_cache(build_engine.env)]
    assert deleted
    assert [record["ID"] for record in build_cache if record["ID"] not in deleted] == left


@since("1.39/build-prune-filters")
def test_prune_removes_the_record_of_the_filter_alone(build_engine, build_cache):
    # A record that another one is made of stays. Engines name it in members of different names.
    others = str([{**record, "ID": ""} for record in build_cache])
    free = [at(record, "ID") for record in build_cache if not record["InUse"] and record["ID"] not in others]
    if not free:
        raise FixtureError("all records of the build cache are in use")
    chosen = free[0]

    answer = build_engine.api.post("/build/prune", {"all": 1, "filters": {"id": [chosen]}})

    assert_status(answer, 200)
    left = [record["ID"] for record in list_build_cache(build_engine.env)]
    assert [record["ID"] for record in build_cache if record["ID"] not in left] == [chosen]


@since("1.39/df-buildcache")
def test_data_usage_lists_the_records(build_engine, build_cache):
    document = build_engine.api.get("/system/df").json()

    records = array(document, "BuildCache")
    assert len(records) == len(build_cache)
    for record in records:
        for member, kind in (("ID", str), ("Type", str), ("InUse", bool), ("Shared", bool), ("Size", int)):
            assert_type(record, member, kind)
    assert sum(at(record, "Size") for record in records) >= 100_000
