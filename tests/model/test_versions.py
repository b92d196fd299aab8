"""API versions, windows and selections."""

import re

import pytest

from conformance.model.versions import ApiVersion, Window, parse_selection, releases

KNOWN = [ApiVersion(1, minor) for minor in range(14, 22)] + [ApiVersion(1, 41), ApiVersion(1, 100)]


def test_versions_are_ordered_by_number():
    assert ApiVersion.parse("1.100") > ApiVersion.parse("1.41") > ApiVersion.parse("1.9")


@pytest.mark.parametrize(
    "text", ["", "1", "v1.21", "1.021", "1.21 ", "1.-1", "1.21.3", "\uff11.\uff12", "1.99999"]
)
def test_what_is_no_version_is_refused(text):
    with pytest.raises(ValueError, match="not an API version"):
        ApiVersion.parse(text)


def test_a_window_knows_its_inside_and_both_sides():
    window = Window(ApiVersion(1, 16), ApiVersion(1, 20))

    inside = [str(version) for version in KNOWN if version in window]
    before = [str(version) for version in KNOWN if window.is_before(version)]
    after = [str(version) for version in KNOWN if window.is_after(version)]

    assert inside == ["1.16", "1.17", "1.18", "1.19", "1.20"]
    assert before == ["1.14", "1.15"]
    assert after == ["1.21", "1.41", "1.100"]


def test_a_window_without_end_reaches_every_newer_version():
    assert ApiVersion(1, 100) in Window(ApiVersion(1, 16))


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("1.14-1.16", ["1.14", "1.15", "1.16"]),
        ("1.41,1.14", ["1.14", "1.41"]),
        ("1.20-1.21,1.20", ["1.20", "1.21"]),
        ("1.21-1.100", ["1.21", "1.41", "1.100"]),
    ],
)
def test_a_selection_is_read(text, chosen):
    assert [str(version) for version in parse_selection(text, KNOWN)] == chosen


def test_all_is_every_known_version():
    assert parse_selection("all", KNOWN) == KNOWN


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.21-1.14", "backwards"),
        ("1.22", "1.22: not in the catalogue (1.14-1.100)"),
        ("1.14-1.99", "1.99: not in the catalogue (1.14-1.100)"),
        ("new", "not an API version"),
    ],
)
def test_a_wrong_selection_names_what_is_wrong(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_selection(text, KNOWN)


def test_of_a_range_only_versions_that_can_be_asked_are_taken():
    def is_served(version):
        return version <= ApiVersion(1, 16)

    assert [str(one) for one in parse_selection("1.15-1.18,1.21", KNOWN, asks=is_served)] == [
        "1.15",
        "1.16",
        "1.21",
    ]
    assert [str(one) for one in parse_selection("all", KNOWN, asks=is_served)] == ["1.14", "1.15", "1.16"]


def test_every_documented_version_has_its_release():
    versions = list(releases())

    assert versions == [ApiVersion(1, minor) for minor in range(12, 56)]
    assert releases()[ApiVersion(1, 24)] == ("1.12", "2016-07")
    months = [release.month for release in releases().values() if release.month]
    assert months == sorted(months)
