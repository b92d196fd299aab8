"""Leftovers of a run on a daemon, found by its prefix and label."""

import pytest
from listing import Listing, refused, rows
from scripted import client_of, read_head

from conformance.environment import Environment, cleanup, ledger
from conformance.environment.ledger import LABEL, LedgerEntry, RunInfo
from conformance.environment.object_kinds import KINDS
from conformance.environment.test_image import TestImage
from conformance.http.messages import Response
from conformance.model.errors import FixtureError

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
def test_an_image_is_found_once_by_each_of_its_names(image, names):
    assert cleanup.find_leftovers(Listing({"/images/json": [rows(image)]}), RUN) == (
        [LedgerEntry("image", name) for name in names],
        [],
    )


@pytest.mark.parametrize("killed", [False, True], ids=["ended", "killed"])
def test_a_refused_list_is_reported_and_known_objects_are_removed(killed, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    run = ledger.new_run("unix:///nowhere")
    book = ledger.Ledger(run, "main")
    book.will_create("image", f"{run.prefix}image:1")
    book.close()
    client = Listing({"/images/json": [refused(403)]})

    left = cleanup.sweep(client, run, killed=killed)

    assert left == ["leftovers in /images/json are not known: GET /images/json was refused with 403: not now"]
    assert client.removed == [f"/images/{run.prefix}image:1"]


def test_a_leak_that_shows_in_a_later_list_is_reported(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    run = ledger.new_run("unix:///nowhere")
    name = f"{run.prefix}image:1"
    client = Listing({"/images/json": [refused(403), rows({"RepoTags": [name]}), rows()]})

    assert cleanup.sweep(client, run) == [f"image {name} leaked by a check; removed at exit"]
    assert client.removed == [f"/images/{name}"]


def absent():
    return Response(404, "Not Found", (), b'{"message": "no such object"}')


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_that_never_was_is_not_left_behind_whatever_its_removal_answers(kind):
    inspect = KINDS[kind].inspect_path.format(NAME)
    client = Listing({inspect: [absent()]})
    client.deletions = [refused(500)]

    assert cleanup.remove(client, kind, NAME) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_whose_removal_is_refused_is_left_behind(kind):
    client = Listing({})
    client.deletions = [refused(500)]

    assert cleanup.remove(client, kind, NAME) == f"{kind} {NAME}: 500 not now"


def test_a_refusal_with_a_page_is_one_line_without_markup():
    client = Listing({})
    client.deletions = [Response(403, "Forbidden", (), b"<html><h1>403\nForbidden</h1>\n<p>by rule</html>")]

    assert cleanup.remove(client, "volume", NAME) == f"volume {NAME}: 403 403 Forbidden by rule"


def test_a_paused_container_is_unpaused_before_it_is_removed():
    client = Listing({})
    client.deletions = [
        Response(500, "No", (), b"Container is paused. Unpause the container before stopping")
    ]

    assert cleanup.remove(client, "container", NAME) == ""
    assert client.posted == [f"/containers/{NAME}/unpause"]


def test_each_object_is_reported_once():
    messages = [
        f"image {NAME}:1: 500 in use",
        f"container {NAME}: 403 no",
        f"container {NAME} is still there",
        f"container {NAME}2 is still there",
        "failed to list leftovers of builds: no answer",
        f"image {NAME}:1 is still there",
    ]

    assert cleanup.one_per_object(messages) == [messages[number] for number in (0, 1, 3, 4)]


def test_an_object_whose_creation_was_refused_leaves_the_ledger_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    run = ledger.new_run("unix:///nowhere")

    def script(connection):
        while head := read_head(connection):
            status, words = (
                ("409 Conflict", b"no") if head.startswith(b"POST") else ("404 Not Found", b"none")
            )
            connection.sendall(
                b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(words), words)
            )

    with client_of(tmp_path, script) as client:
        env = Environment(client, ledger.Ledger(run, "main"), TestImage("image:1", "image:1"))
        for create in (env.create_volume, env.create_network, env.tag_image):
            with pytest.raises(FixtureError, match="refused with 409"):
                create()

    assert ledger.outstanding(run) == []
    assert len(ledger.recorded(run)) == 6


def test_containers_of_removed_services_are_waited_for():
    task = {"Id": "1", "Names": ["/dockerconf-r-web.1.x"], "Labels": {"com.docker.swarm.service.id": "s"}}
    listing = Listing({"/containers/json": [rows(task), rows(task), rows()]})

    cleanup.wait_for_tasks(listing, "dockerconf-r-")

    assert len(listing.transcript) == 3
