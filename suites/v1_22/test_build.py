"""POST /build, as API v1.22 changed it: the size of the memory that processes share."""

import pytest

from conformance import assert_progress_succeeds, since
from conformance.testing import read_image_file
from fixtures.limits import MIB, SHM_DEFAULT


@since("1.22/build-shmsize")
@pytest.mark.parametrize(
    ("query", "sizes"), [({}, SHM_DEFAULT), ({"shmsize": 8 * MIB}, [8192])], ids=["unsaid", "given"]
)
def test_shared_memory_of_run_has_the_size(api, env, build_context, query, sizes):
    name = env.reserve_name("image")
    context = build_context("RUN df -k /dev/shm | tail -n 1 > /seen")

    answer = api.post("/build", {"t": name, "nocache": 1, **query}, **context)

    assert_progress_succeeds(answer)
    assert int((read_image_file(env, name, "/seen") or "").split()[1]) in sizes
