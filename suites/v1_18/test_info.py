"""GET /info, as API v1.18 changed it: the clock and the proxies."""

import re
import time
from datetime import datetime

import pytest

from conformance import assert_type, at, since

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
PROXIES = [("HttpProxy", "http"), ("HttpsProxy", "https"), ("NoProxy", "no")]


@since("1.18/info-systemtime")
def test_systemtime_is_a_moment(api):
    document = api.get("/info").json()

    value = assert_type(document, "SystemTime", str)
    assert RFC3339.fullmatch(value), f"SystemTime: expected a time of RFC 3339, got {value!r}"


@since("1.18/info-systemtime")
@pytest.mark.needs("daemon-host")
def test_systemtime_is_now(api):
    before = time.time()
    value = at(api.get("/info").json(), "SystemTime")
    after = time.time()

    assert isinstance(value, str) and RFC3339.fullmatch(value), f"SystemTime: expected a time, got {value!r}"
    earliest, latest = sorted([before, after])  # somebody may set the clock in between
    assert earliest - 1 <= datetime.fromisoformat(value.upper()).timestamp() <= latest + 1


@since("1.18/info-proxies")
@pytest.mark.parametrize("field", [field for field, _ in PROXIES])
def test_proxy_is_a_string(api, field):
    document = api.get("/info").json()

    assert_type(document, field, str)


@since("1.18/info-proxies-values")
@pytest.mark.parametrize(("field", "name"), PROXIES, ids=[field for field, _ in PROXIES])
def test_proxy_is_that_of_the_environment(api, daemon, field, name):
    value = at(api.get("/info").json(), field)

    assert value == daemon.private.proxies[name]
