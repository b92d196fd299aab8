"""What a run has left on a daemon, found by its prefix and label."""

import pytest
from listing import Listing, refused, rows

from conformance.environment import cleanup, ledger
from conformance.environment.ledger import LABEL, Entry, RunInfo

RUN = RunInfo(run="0a1b2c3d", pid=1, pid_started="", host="unix:///nowhere")
NAME = f"{RUN.prefix}busybox"


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
    assert cleanup.find_leftovers(Listing({"/images/json": [rows(image)]}), RUN) == (
        [Entry("image", name) for name in names],
        [],
    )


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed"])
def test_a_list_that_is_refused_leaves_open_what_is_left(killed, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    run = ledger.new_run("unix:///nowhere")
    book = ledger.Ledger(run, "main")
    book.will_create("image", f"{run.prefix}image:1")
    book.close()
    client = Listing({"/images/json": [refused(403)]})

    left = cleanup.sweep(client, run, killed=killed)

    assert left == ["leftovers in /images/json are not known: GET /images/json was refused with 403: not now"]
    assert client.removed == [f"/images/{run.prefix}image:1"]


def test_what_shows_only_when_a_list_is_no_longer_refused_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    run = ledger.new_run("unix:///nowhere")
    name = f"{run.prefix}image:1"
    client = Listing({"/images/json": [refused(403), rows({"RepoTags": [name]}), rows()]})

    assert cleanup.sweep(client, run) == [f"image {name} leaked by a check; removed at exit"]
    assert client.removed == [f"/images/{name}"]
