"""POST /containers/create, as the reference of API v1.38 describes it: paths that are hidden or cannot be written."""

import pytest

from conformance import assert_status, since
from conformance.testing import run_created


@since("1.38/maskedpaths")
@pytest.mark.parametrize(("paths", "shown"), [(["/fixtures/file"], False), ([], True)], ids=["file", "none"])
def test_masked_file_is_not_shown(api, env, paths, shown):
    name = env.reserve_name("container")

    body = env.container_body("cat", "/fixtures/file", HostConfig={"MaskedPaths": paths})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert (run_created(env, name).stdout != "") is shown


@since("1.38/readonlypaths")
@pytest.mark.parametrize(("paths", "written"), [(["/tmp"], False), ([], True)], ids=["folder", "none"])
def test_nothing_is_written_below_a_read_only_path(api, env, paths, written):
    name = env.reserve_name("container")

    body = env.container_body("touch", "/tmp/file", HostConfig={"ReadonlyPaths": paths})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert (run_created(env, name).exit_code == 0) is written
