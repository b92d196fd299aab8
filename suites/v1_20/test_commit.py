"""The query parameter changes of POST /commit, as the reference of API v1.20 has it."""

import pytest

from conformance import assert_status, since
from conformance.testing import run_created

SHOW = "echo $COLOUR; pwd; id -u"


def commit(api, env, changes):
    """Commit a container through `api`; returns the name of the image."""
    source = env.share("container to commit", env.create_container)
    image = env.reserve_name("image")
    repo, _, tag = image.rpartition(":")
    query = {"container": source, "repo": repo, "tag": tag, "changes": changes}
    assert_status(api.post("/commit", query, json={}), 201)
    assert_status(env.client.get(f"/images/{image}/json"), 200)
    return image


@since("1.20/commit-changes")
@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ("ENV COLOUR=green", ["green", "/", "0"]),
        ("ENV COLOUR=red\nWORKDIR /tmp\nUSER 1000", ["red", "/tmp", "1000"]),
    ],
    ids=["one", "three"],
)
def test_process_of_the_image_is_what_the_instruction_says(api, env, changes, shown):
    image = commit(api, env, changes)

    found = run_created(env, env.create_container("sh", "-c", SHOW, Image=image))

    assert found.stdout.splitlines() == shown


@since("1.20/commit-changes")
def test_cmd_is_what_a_container_of_the_image_runs(api, env):
    image = commit(api, env, 'CMD ["echo", "from the image"]')

    name = env.create_container(Image=image, Cmd=None)

    assert run_created(env, name).stdout == "from the image\n"
