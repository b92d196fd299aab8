"""GET /version, as API v1.22 changed it."""

import re

from conformance import assert_type, since

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


@since("1.22/version-buildtime")
def test_buildtime_is_a_moment_of_rfc_3339(api):
    value = assert_type(api.get("/version").json(), "BuildTime", str)

    assert RFC3339.fullmatch(value), f"BuildTime: expected RFC 3339, got {value!r}"
