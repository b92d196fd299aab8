"""The query parameter changes of POST /commit, as the reference of API v1.20 has it."""

import pytest

from conformance import since
from conformance.environment.outcomes import outcome

SHOW = "echo $COLOUR; pwd; id -u"


def commit(api, stage, changes):
    """Commit a container through `api`; returns the name of the image."""
    source = stage.shared("container to commit", stage.container)
    image = stage.name("image")
    repo, _, tag = image.rpartition(":")
    query = {"container": source, "repo": repo, "tag": tag, "changes": changes}
    assert api.post("/commit", query, json={}).status == 201
    assert stage.client.get(f"/images/{image}/json").status == 200, "no image has the name"
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
def test_process_of_the_image_is_what_the_instruction_says(api, stage, changes, shown):
    image = commit(api, stage, changes)

    found = outcome(stage, stage.container("sh", "-c", SHOW, Image=image))

    assert found.out.splitlines() == shown


@since("1.20/commit-changes")
def test_cmd_is_what_a_container_of_the_image_runs(api, stage):
    image = commit(api, stage, 'CMD ["echo", "from the image"]')

    name = stage.container(Image=image, Cmd=None)

    assert outcome(stage, name).out == "from the image\n"
