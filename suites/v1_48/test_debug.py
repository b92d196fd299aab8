"""The endpoints for debugging, which API v1.48 made part of the versioned paths."""

import pytest

from conformance import assert_status, since


@since("1.48/debug-paths")
@pytest.mark.parametrize(
    "path", ["vars", "pprof/", "pprof/cmdline", "pprof/symbol", "pprof/goroutine", "pprof/heap"]
)
def test_path_with_a_version_is_answered(api, path):
    answer = api.get(f"/debug/{path}")

    assert_status(answer, 200)


@since("1.48/debug-paths")
def test_variables_are_an_object(api):
    answer = api.get("/debug/vars")

    assert isinstance(answer.json(), dict)
