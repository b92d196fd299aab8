"""POST /build, as the reference of API v1.26 has it: bad parameters."""

import pytest

from conformance import assert_status, since


@since("1.26/build-bad-parameter")
@pytest.mark.parametrize("query", [{"buildargs": "[1"}, {"labels": "{"}], ids=["buildargs", "labels"])
def test_bad_parameter_is_refused(api, build_context, query):
    answer = api.post("/build", {"nocache": 1, **query}, **build_context())

    assert_status(answer, 400)
