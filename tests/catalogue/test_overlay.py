"""The overlay over the tables of shapes: applied, and refused where it names what is not there. No daemon."""

import pytest

from conformance.catalogue import CatalogueError
from conformance.catalogue.overlay import overlay
from conformance.model.versions import ApiVersion

HEAD = '[conditions]\nswarm = "the engine is part of a swarm"\n'
WHY = 'reason = "It is so."\nsource = "Engines."\n'
GOOD = f'{HEAD}\n["RestartPolicy.Name"]\nis = "1.25-1.39:string"\n{WHY}'


def read(tmp_path, text):
    path = tmp_path / "overlay.toml"
    path.write_text(text, "utf-8")
    return overlay(path)


def test_a_line_holds_in_its_versions_only(tmp_path):
    found = read(tmp_path, GOOD)

    assert set(found.members("RestartPolicy", ApiVersion(1, 39))) == {"Name"}
    assert found.members("RestartPolicy", ApiVersion(1, 40)) == {}
    assert found.members("Port", ApiVersion(1, 39)) == {}


def test_without_gives_an_overlay_that_lacks_one_line(tmp_path):
    found = read(tmp_path, GOOD)

    assert found.without(found.lines[0]).members("RestartPolicy", ApiVersion(1, 39)) == {}


def test_an_operation_is_found_by_any_name_of_its_parameters(tmp_path):
    found = read(
        tmp_path, f'{HEAD}["GET /containers/(name)/top 409"]\nis = "ErrorResponse"\nnew = true\n{WHY}'
    )

    assert found.at("GET /containers/(id)/top", "409", ApiVersion(1, 41)) == "ErrorResponse"


def test_every_line_of_the_catalogue_changes_what_a_document_says():
    for line in overlay().lines:
        assert line.reason.endswith(".")
        assert line.source.endswith(".")
        assert line.when or line.history is not None


@pytest.mark.parametrize(
    ("wrong", "line", "message"),
    [
        (GOOD.replace("RestartPolicy.Name", "RestartPolicy.Nome"), 4, "no document has this place"),
        (GOOD.replace("RestartPolicy.Name", "RestartPolicies.Name"), 4, "there is no shape 'RestartPolicies'"),
        (GOOD.replace("RestartPolicy.Name", "GET /nothing 404"), 4, "there is no operation 'GET /nothing'"),
        (GOOD.replace("RestartPolicy.Name", "GET /info 418"), 4, "no document has this place"),
        (GOOD + "new = true\n", 4, "remove `new`"),
        (GOOD.replace(":string", ":text"), 5, "no JSON type and no name of a shape"),
        (GOOD.replace("1.25-1.39:", "1.39-1.25:"), 5, "runs backwards"),
        (GOOD.replace('is = "1.25-1.39:string"\n', ""), 4, "expected `is` or `when`"),
        (GOOD + 'when = "raining"\n', 8, "there is no condition 'raining'"),
        (GOOD.replace("reason", "because"), 6, "unknown field `because`"),
        (GOOD.replace('source = "Engines."\n', ""), 4, "missing required field `source`"),
        (GOOD + "is\n", 8, "Expected '='"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_its_place(tmp_path, wrong, line, message):
    with pytest.raises(CatalogueError) as refused:
        read(tmp_path, wrong)

    assert str(refused.value).startswith(f"{tmp_path / 'overlay.toml'}:{line}: ")
    assert message in str(refused.value)
