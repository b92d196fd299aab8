"""The reasons for what is not asked: they name documented places only. No daemon."""

import pytest

from conformance.catalogue import CatalogueError
from conformance.catalogue.coverage_reasons import FactKind, coverage_reasons
from conformance.model.versions import ApiVersion

GOOD = """open = [
    "GET /info 404",
]

[gate]
versions = ["1.14-1.21", "1.25-"]
request-members = ["1.16"]

["GET /images/search"]
reason = "It takes a registry that can search."
since = "1.14"
until = "1.20"

["GET /info 200 .Swarm"]
reason = "It takes a swarm."
"""


def read(tmp_path, text):
    path = tmp_path / "coverage-reasons.toml"
    path.write_text(text, "utf-8")
    return coverage_reasons(path)


def test_a_reason_holds_for_all_that_is_inside(tmp_path):
    found = read(tmp_path, GOOD.replace("info 404", "info 500"))

    for place in ("GET /images/search", "GET /images/search 200", "GET /images/search query term"):
        assert [reason for _, reason in found.reasons(place)] == ["It takes a registry that can search."]
    assert found.reasons("GET /info 200 .Swarm.Nodes")
    assert found.reasons("GET /info 200 .Swarms") == []
    assert found.reasons("GET /info 200 .Name") == []
    assert found.open_entry("GET /info 500") == "GET /info 500"


def test_a_reason_has_its_versions(tmp_path):
    ((window, _),) = read(tmp_path, GOOD.replace("info 404", "info 500")).reasons("GET /images/search")

    assert ApiVersion(1, 20) in window
    assert ApiVersion(1, 21) not in window


def test_the_gate_has_its_versions(tmp_path):
    reasons = read(tmp_path, GOOD.replace("info 404", "info 500"))

    def select(kind):
        return [minor for minor in range(14, 30) if reasons.is_gated(kind, ApiVersion(1, minor))]

    assert select(FactKind.STATUS) == [*range(14, 22), *range(25, 30)]
    assert select(FactKind.REQUEST_MEMBER) == [16]


def test_the_catalogue_has_reasons_for_documented_places_only():
    assert coverage_reasons() is not None


@pytest.mark.parametrize(
    ("wrong", "line", "message"),
    [
        (GOOD, 2, "no document has '404' for GET /info"),
        (GOOD.replace("info 404", "nothing"), 2, "there is no operation 'GET /nothing'"),
        (GOOD.replace("info 404", "info 500").replace("search", "serch", 1), 9, "there is no operation"),
        (GOOD.replace("info 404", "info 500").replace("/search", "/search query q", 1), 9, "no document has 'query q'"),
        (GOOD.replace("info 404", "info 500").replace('"1.20"', '"v1.20"'), 12, "not an API version"),
        (GOOD.replace("info 404", "info 500").replace("reason", "why", 1), 10, "unknown field `why`"),
        (GOOD.replace("info 404", "info 500").replace('"1.14-', '"1-', 1), 6, "not an API version"),
    ],
)  # fmt: skip
def test_a_wrong_place_is_refused_with_its_line(tmp_path, wrong, line, message):
    with pytest.raises(CatalogueError) as refused:
        read(tmp_path, wrong)

    assert str(refused.value).startswith(f"{tmp_path / 'coverage-reasons.toml'}:{line}: ")
    assert message in str(refused.value)
