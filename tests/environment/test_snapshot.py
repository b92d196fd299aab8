"""Foreign objects that vanish or change during a run."""

from __future__ import annotations

from listing import Listing, refused, rows, volumes

from conformance.environment import snapshot
from conformance.environment.ledger import LABEL, PREFIX

HEX = "f" * 64


def compared(before, after, runs=()):
    return snapshot.differences(
        snapshot.without(snapshot.take(Listing(before)), runs),
        snapshot.without(snapshot.take(Listing(after)), runs),
    )


def test_vanished_and_changed_objects_are_named_and_new_ones_are_not():
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


def test_objects_of_a_kind_that_cannot_be_listed_have_not_vanished():
    before = {
        "/images/json": [rows({"Id": "sha256:a", "RepoTags": ["a:1"]})],
        "/volumes": [volumes({"Name": "v"})],
    }

    [message, gone] = sorted(compared(before, {"/images/json": [refused(403)]}))

    assert message.startswith("failed to compare foreign images: GET /images/json was refused with 403")
    assert gone == "volume v vanished"


def test_a_new_image_without_a_name_is_named_as_nothing_shows_whose_it_is():
    unnamed = [
        {"Id": f"sha256:{name}", "RepoTags": tags} for name, tags in (("a", None), ("b", ["<none>:<none>"]))
    ]
    labelled = {"Id": "sha256:c", "RepoTags": None, "Labels": {LABEL: "1"}}
    recorded = {"Id": "sha256:d", "RepoTags": []}
    after = {"/images/json": [rows(*unnamed, labelled, recorded)]}

    assert compared({}, after, runs={"sha256:d"}) == [
        "image sha256:a without a name is new",
        "image sha256:b without a name is new",
    ]
    assert compared(after, after) == []
    [message] = compared({"/images/json": [refused(403)]}, after)
    assert message.startswith("failed to compare")


def test_objects_of_runs_are_not_foreign():
    there = {
        "/volumes": [volumes({"Name": f"{PREFIX}1-v"}, {"Name": HEX}, {"Name": "theirs"})],
        "/networks": [rows({"Id": "n", "Name": f"{PREFIX}1-n"})],
    }

    assert compared(there, {}, runs={HEX}) == ["volume theirs vanished"]
