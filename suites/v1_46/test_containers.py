"""GET /containers/json, as API v1.46 changed it: the annotations."""

import pytest

from conformance import at, since

ANNOTATIONS = {"com.example.colour": "red"}


@pytest.fixture
def annotated(env):
    """The name of a container with annotations."""
    return env.share(
        "annotated container", lambda: env.create_container(HostConfig={"Annotations": ANNOTATIONS})
    )


@since("1.46/containers-annotations")
def test_list_has_the_annotations(api, annotated):
    [row] = api.get("/containers/json", {"all": 1, "filters": {"name": [annotated]}}).json()

    assert at(row, "HostConfig", "Annotations") == ANNOTATIONS
