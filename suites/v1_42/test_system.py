"""GET /system/df and GET /_ping, as API v1.42 changed them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance import ABSENT, array, at, before, since
from conformance.testing import exclusively

#: The member of the answer for each type.
MEMBERS = {"container": "Containers", "image": "Images", "volume": "Volumes", "build-cache": "BuildCache"}
REQUESTS = 8


@since("1.42/df-no-buildersize")
def test_size_of_the_builder_is_not_returned(api):
    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    assert at(document, "BuilderSize") is ABSENT


@pytest.fixture
def one_of_each_type(env):
    """A container, an image and a volume of this run's own, so that no list of them is empty."""
    env.idle_container()
    return env.share("volume for the disk usage", env.create_volume)


@since("1.42/df-type")
@pytest.mark.parametrize(
    "types", [["container"], ["image"], ["volume"], ["container", "volume"]], ids="+".join
)
@pytest.mark.usefixtures("one_of_each_type")
def test_only_objects_of_the_types_are_returned(api, types):
    with exclusively("disk-usage"):
        document = api.get(f"/system/df?{'&'.join(f'type={kind}' for kind in types)}").json()

    returned = {kind for kind, member in MEMBERS.items() if at(document, member) not in (ABSENT, None, [])}
    assert returned == set(types)


@before("1.42/df-type")
@pytest.mark.usefixtures("one_of_each_type")
def test_objects_of_all_types_are_returned(api):
    with exclusively("disk-usage"):
        document = api.get("/system/df", {"type": "volume"}).json()

    assert [kind for kind in ("container", "image", "volume") if array(document, MEMBERS[kind]) == []] == []


@since("1.42/df-concurrent")
def test_requests_at_the_same_time_are_answered(api):
    with ThreadPoolExecutor(REQUESTS) as pool:
        answers = list(pool.map(lambda _: api.apart().get("/system/df"), range(REQUESTS)))

    assert [answer.status for answer in answers] == [200] * REQUESTS


@since("1.42/df-buildcache-no-parent")
@pytest.mark.usefixtures("build_cache")
def test_record_has_no_single_parent(build_engine):
    records = array(build_engine.api.get("/system/df").json(), "BuildCache")

    assert {at(record, "Parent") for record in records} == {ABSENT}


@since("1.42/df-buildcache-parents")
@pytest.mark.usefixtures("build_cache")
def test_parents_are_ids_of_records(build_engine):
    records = array(build_engine.api.get("/system/df").json(), "BuildCache")

    parents = [parent for record in records for parent in at(record, "Parents") or []]
    assert parents, f"expected a record with parents, got {len(records)} records without"
    assert set(parents) <= {at(record, "ID") for record in records}


METHODS = pytest.mark.parametrize("method", ["GET", "HEAD"])


@since("1.42/ping-builder-version")
@METHODS
def test_builder_is_the_classic_one_or_buildkit(api, method):
    answer = api.request(method, "/_ping")

    assert answer.header("Builder-Version") in ("1", "2")


@since("1.42/ping-builder-version-default")
@METHODS
def test_builder_is_buildkit_by_default(api, method):
    answer = api.request(method, "/_ping")

    assert answer.header("Builder-Version") == "2"


@since("1.42/ping-swarm")
@METHODS
def test_state_in_the_swarm_is_one_of_six(api, method):
    answer = api.request(method, "/_ping")

    states = ("inactive", "pending", "error", "locked", "active/worker", "active/manager")
    assert answer.header("Swarm") in states
