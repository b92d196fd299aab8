"""GET /version, as API v1.25 changed it: the oldest version that the daemon serves."""

import re

from conformance import assert_status, assert_type, since


@since("1.25/version-minapiversion")
def test_oldest_version_is_not_newer_than_one_that_is_served(api):
    oldest = assert_type(api.get("/version").json(), "MinAPIVersion", str)

    assert re.fullmatch(r"\d+\.\d+", oldest), oldest
    assert [int(part) for part in oldest.split(".")] <= [int(part) for part in str(api.version).split(".")]


@since("1.25/version-minapiversion")
def test_oldest_version_is_served(api):
    oldest = assert_type(api.get("/version").json(), "MinAPIVersion", str)

    assert_status(api.at(oldest).get("/version"), 200)
