"""Attestations of images, which API v1.55 shows."""

import json
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from conformance import array, assert_documented, assert_refused, assert_status, at, before, since
from conformance.testing import TAR, Member, pack, pack_platforms
from fixtures.images import describe_platform

PROVENANCE, CONTENT = "https://slsa.dev/provenance/v1", "https://spdx.dev/Document"


class AttestedImage(NamedTuple):
    """The name of an image of two platforms; the statements by the type of what they say, about that of this host only."""

    name: str
    statements: dict[str, Any]


@pytest.fixture
def attested_image(containerd_engine, platforms):
    """An `AttestedImage`, which checks only read."""
    env = containerd_engine.env

    def make():
        name = env.reserve_name("image")
        rootfs = {platform: pack(Member("file", f"{name} {platform}\n".encode())) for platform in platforms}
        statements = {
            kind: {
                "_type": "https://in-toto.io/Statement/v1",
                "subject": [{"name": name, "digest": {"sha256": 64 * "0"}}],
                "predicateType": kind,
                "predicate": {"about": name},
            }
            for kind in (PROVENANCE, CONTENT)
        }
        archive = pack_platforms(rootfs, name, env.labels, {platforms.own: list(statements.values())})
        env.post("/images/load", body=archive.data, headers=TAR)
        return AttestedImage(name, statements)

    return env.share("image with attestations", make)


@pytest.fixture
def list_attestations(containerd_engine, attested_image):
    """Asks for the attestations of the image; returns the rows. A list is a parameter that is repeated."""

    def ask(query):
        text = urlencode(query, doseq=True)
        answer = containerd_engine.api.get(f"/images/{attested_image.name}/attestations?{text}")
        assert_documented(containerd_engine.api, answer, "GET /images/(name)/attestations")
        return array(answer.json())

    return ask


@since("1.55/image-attestations")
def test_attestations_have_their_types_and_descriptors(attested_image, list_attestations):
    rows = list_attestations({})

    assert sorted(at(row, "PredicateType") for row in rows) == sorted(attested_image.statements)
    assert {at(row, "Descriptor.mediaType") for row in rows} == {"application/vnd.in-toto+json"}


@before("1.55/image-attestations")
def test_attestations_are_not_to_be_had(containerd_engine, attested_image):
    answer = containerd_engine.api.get(f"/images/{attested_image.name}/attestations")

    assert_refused(answer)


@since("1.55/image-attestations-statement")
def test_statements_are_shown_if_asked_for(attested_image, list_attestations):
    rows = list_attestations({"statement": 1})

    shown = {at(row, "PredicateType"): at(row, "Statement") for row in rows}
    assert shown == attested_image.statements


@since("1.55/image-attestations-statement")
def test_statements_are_left_out_otherwise(list_attestations):
    rows = list_attestations({})

    assert [row for row in rows if at(row, "Statement")] == []
    assert rows


@since("1.55/image-attestations-type")
def test_only_statements_of_the_type_are_shown(list_attestations):
    rows = list_attestations({"type": PROVENANCE})

    assert [at(row, "PredicateType") for row in rows] == [PROVENANCE]


@since("1.55/image-attestations-type")
def test_any_of_several_types_is_shown(list_attestations):
    rows = list_attestations({"type": [PROVENANCE, CONTENT, "https://example.com/other"]})

    assert sorted(at(row, "PredicateType") for row in rows) == sorted([PROVENANCE, CONTENT])


@since("1.55/image-attestations-platform")
def test_an_image_of_a_platform_without_attestations_has_an_empty_array(list_attestations, platforms):
    platform = json.dumps(describe_platform(platforms.foreign))

    assert list_attestations({"platform": platform}) == []


@since("1.55/image-attestations-platform")
def test_a_platform_that_the_image_does_not_have_is_not_found(containerd_engine, attested_image):
    query = {"platform": '{"os": "linux", "architecture": "mips"}'}
    answer = containerd_engine.api.get(f"/images/{attested_image.name}/attestations", query)

    assert_status(answer, 404)


@since("1.55/image-attestations-platform")
def test_a_malformed_platform_is_refused(containerd_engine, attested_image):
    query = {"platform": "{"}
    answer = containerd_engine.api.get(f"/images/{attested_image.name}/attestations", query)

    assert_status(answer, 400)
