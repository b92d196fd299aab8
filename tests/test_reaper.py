"""What a run has left on a daemon, found by its prefix and label."""

import json

import pytest

from conformance.stage import reaper
from conformance.stage.ledger import LABEL, Entry, RunInfo
from conformance.wire import Response

RUN = RunInfo(run="0a1b2c3d", pid=1, pid_started="", host="unix:///nowhere")
NAME = f"{RUN.prefix}busybox"


class Lists:
    """A daemon that has images and nothing else."""

    def __init__(self, *images):
        self._images = images

    def get(self, path, query=None):
        shown = {"/images/json": list(self._images), "/volumes": {"Volumes": []}}.get(path, [])
        return Response(200, "OK", (), json.dumps(shown).encode())


@pytest.mark.parametrize(
    ("image", "names"),
    [
        ({"RepoTags": [f"{NAME}:latest"]}, [f"{NAME}:latest"]),
        (
            {
                "RepoTags": [f"docker.io/library/{NAME}:latest"],
                "RepoDigests": [f"docker.io/library/{NAME}@sha256:1"],
            },
            [f"docker.io/library/{NAME}:latest"],
        ),
        ({"RepoTags": None, "RepoDigests": [f"{NAME}@sha256:1"]}, [f"{NAME}@sha256:1"]),
        ({"RepoTags": ["other:1"], "RepoDigests": ["other@sha256:1"]}, []),
        ({"Id": "sha256:1", "RepoTags": [], "Labels": {LABEL: RUN.run}}, ["sha256:1"]),
    ],
    ids=["tag", "tag and digest", "digest", "somebody else's", "label"],
)
def test_an_image_is_found_once_by_each_name_that_it_goes_by(image, names):
    assert reaper.ours(Lists(image), RUN) == [Entry("image", name) for name in names]
