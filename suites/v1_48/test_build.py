"""POST /build and POST /build/prune, as API v1.48 changed them: words of errors, and how much cache is kept."""

import pytest

from conformance import ABSENT, assert_status, assert_type, at, since
from fixtures.build_cache import list_build_cache

ALL = {"all": "1"}


@since("1.48/build-errordetail")
def test_error_is_in_its_detail(api, build_context):
    answer = api.post("/build", {"nocache": 1}, **build_context("COPY nosuch /nosuch"))

    details = [
        detail for message in answer.messages() if (detail := at(message, "errorDetail")) is not ABSENT
    ]
    assert details, "no message has an errorDetail"
    assert assert_type(details[0], "message", str)


@since("1.48/build-prune-spaces")
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        pytest.param({"reserved-space": 1 << 50}, True, id="reserved-space"),
        pytest.param({"max-used-space": 1 << 50}, True, id="max-used-space"),
        pytest.param({}, False, id="unsaid"),
    ],
)
@pytest.mark.usefixtures("build_cache")
def test_as_much_of_the_cache_is_kept(build_engine, query, kept):
    answer = build_engine.api.post("/build/prune", {**ALL, **query})

    assert_status(answer, 200)
    assert bool(list_build_cache(build_engine.env)) is kept


@since("1.48/build-prune-keep-storage")
@pytest.mark.usefixtures("build_cache")
def test_the_old_name_of_the_reserved_space_still_works(build_engine):
    answer = build_engine.api.post("/build/prune", {**ALL, "keep-storage": 1 << 50})

    assert_status(answer, 200)
    assert list_build_cache(build_engine.env)
