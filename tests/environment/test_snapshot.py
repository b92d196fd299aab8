"""What of others vanished or changed while a run went."""

from __future__ import annotations

from listing import Listing, refused, rows, volumes

from conformance.environment import snapshot
from conformance.environment.ledger import PREFIX

HEX = "f" * 64


def compared(before, after, runs=()):
    return snapshot.differences(
        snapshot.without(snapshot.take(Listing(before)), runs), snapshot.take(Listing(after))
    )


def test_what_vanished_or_changed_is_told_and_what_is_new_is_not():
    def images(*tags):
        return {
            "/images/json": [
                rows(*({"Id": f"sha256:{tag}", "RepoTags": [f"{tag}:{number}"]} for tag, number in tags))
            ]
        }

    assert compared(images(("a", 1), ("b", 1)), images(("b", 2), ("c", 1))) == [
        "image sha256:a vanished",
        "image sha256:b changed",
    ]


def test_a_kind_that_is_not_listed_in_the_end_has_not_vanished():
    before = {
        "/images/json": [rows({"Id": "sha256:a", "RepoTags": ["a:1"]})],
        "/volumes": [volumes({"Name": "v"})],
    }

    [said, gone] = sorted(compared(before, {"/images/json": [refused(403)]}))

    assert said.startswith("failed to compare foreign images: GET /images/json was refused with 403")
    assert gone == "volume v vanished"


def test_objects_of_runs_are_nobody_elses():
    there = {
        "/volumes": [volumes({"Name": f"{PREFIX}1-v"}, {"Name": HEX}, {"Name": "theirs"})],
        "/networks": [rows({"Id": "n", "Name": f"{PREFIX}1-n"})],
    }

    assert compared(there, {}, runs={HEX}) == ["volume theirs vanished"]
