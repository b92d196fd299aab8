"""The table of operations: what a planner asks of it, and what it refuses. Reads files only; no daemon."""

import pytest

from conformance.catalogue import CatalogueError, load
from conformance.catalogue.operations import operations
from conformance.model.versions import ApiVersion

GOOD = (
    "GET /info\tSystemInfo\t1.14-\t1.14 1.15\n\tquery all\tboolean=false\n\t200\t-1.14:any 1.15-:SystemInfo\n"
)


def version(text):
    return ApiVersion.parse(text)


def schema_versions():
    return [ApiVersion(1, minor) for minor in range(25, 56)]


def test_versions_of_prose_are_classes_of_their_own():
    for operation in operations().values():
        for minor in range(14, 25):
            if ApiVersion(1, minor) in operation:
                assert operation.class_of(ApiVersion(1, minor)) == ApiVersion(1, minor)


def test_most_versions_repeat_the_one_before():
    pairs = [(o, v) for o in operations().values() for v in schema_versions() if v in o]
    classes = {(operation.name, operation.class_of(v)) for operation, v in pairs}

    assert len(pairs) == 3238
    assert len(classes) == 524


def test_a_class_begins_where_a_document_changes_the_operation():
    inspect = operations()["GET /containers/(id)/json"]

    assert inspect.class_of(version("1.25")) != inspect.class_of(version("1.27"))
    assert inspect.class_of(version("1.26")) == version("1.25")


def test_an_operation_ends_with_its_last_document():
    copy = operations()["POST /containers/(id)/copy"]

    assert version("1.23") in copy
    assert version("1.24") not in copy
    with pytest.raises(ValueError, match=r"API 1\.24 has no POST /containers/\(id\)/copy"):
        copy.class_of(version("1.24"))


def test_every_endpoint_of_the_catalogue_is_an_operation():
    named = {endpoint for change in load().changes.values() for endpoint in change.endpoints} - {"any"}

    assert sorted(named - set(operations())) == []


def test_names_of_path_parameters_do_not_matter():
    assert operations()["GET /containers/(name)/json"] is operations()["GET /containers/(id)/json"]


@pytest.mark.parametrize(
    ("method", "target", "name"),
    [
        ("GET", "/v1.24/containers/abc/json?size=1", "GET /containers/(id)/json"),
        ("GET", "/containers/json", "GET /containers/json"),
        ("GET", "/images/json", "GET /images/json"),
        ("GET", "/images/localhost:5000/a/b:c/json", "GET /images/(name)/json"),
        ("POST", "/v1.21/images/localhost:5000/a/push", "POST /images/(name)/push"),
        ("HEAD", "/_ping", "HEAD /_ping"),
        ("GET", "/v1.21/nothing", None),
        ("PATCH", "/info", None),
    ],
)
def test_a_request_finds_its_operation(method, target, name):
    found = operations().match(method, target)

    assert (found and found.name) == name


@pytest.mark.parametrize(
    ("wrong", "line", "message"),
    [
        ("", None, "no operation"),
        (GOOD.replace("GET", "LOOK"), 1, "expected METHOD PATH"),
        (GOOD.replace("\t1.14-\t", "\tv1.14-\t"), 1, "not a window"),
        (GOOD.replace("\t1.14-\t", "\t1.15-1.14\t"), 1, "runs backwards"),
        (GOOD.replace("1.14 1.15", "1.15 1.14"), 1, "ascending versions"),
        (GOOD.replace("1.14 1.15", "1.14 x"), 1, "not an API version"),
        (GOOD.replace("1.14 1.15", "1.15"), 1, "begin with the windows'"),
        (GOOD + GOOD, 4, "stands twice"),
        (GOOD + "\tquery all\tstring\n", 4, "expected a new NAME"),
        (GOOD + "\t404\n", 4, "expected a new NAME"),
        (GOOD + "\t404\t\n", 4, "expected a type"),
        ("\t404\tnone\n" + GOOD, 1, "below an operation"),
        (GOOD.replace("1.15-:System", "1.14-:System"), 3, "does not follow"),
        (GOOD.replace("1.15-:System", "-:System"), 3, "not a window"),
    ],
)
def test_a_damaged_table_is_refused_with_line_and_remedy(tmp_path, wrong, line, message):
    path = tmp_path / "operations.tsv"
    path.write_text(wrong, "utf-8")

    with pytest.raises(CatalogueError) as refused:
        operations(path)

    assert str(refused.value).startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert message in str(refused.value)
    assert str(refused.value).endswith("run scripts/read-documents again")


def test_a_table_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CatalogueError, match="cannot read the table"):
        operations(tmp_path / "none.tsv")
