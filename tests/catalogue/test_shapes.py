"""The tables of shapes: whole, and refused where they are damaged. Reads files only; no daemon."""

from itertools import pairwise

import pytest

from conformance.catalogue import CatalogueError, load
from conformance.catalogue.operations import operations
from conformance.catalogue.shapes import Shapes, documented, shown, type_at
from conformance.catalogue.table_digest import table_digest
from conformance.catalogue.types import parse_type
from conformance.model.versions import ApiVersion

VERSIONS = [ApiVersion(1, minor) for minor in range(14, 56)]


def names_of(wanted):
    for kind in wanted.kinds:
        if kind.shape:
            yield kind.shape
        for inner in (kind.items, kind.values):
            if inner is not None:
                yield from names_of(inner)


def bodies():
    """Each type of a body that the operations name, with the table that has its shapes."""
    for operation in operations().values():
        for name, history in operation.lines.items():
            if name == "body" or name.isdigit():
                for _, text in history.stretches:
                    body = type_at(history, text)
                    yield body, shown() if body.example else documented()


def test_every_shape_that_a_body_or_a_member_names_is_there():
    for body, table in bodies():
        assert set(names_of(body)) <= set(table)
    for table in (documented(), shown()):
        for shape in table.values():
            for version in VERSIONS:
                for wanted in shape.members(version).values():
                    assert set(names_of(wanted)) <= set(table)


def test_every_shape_is_used():
    for table in (documented(), shown()):
        used = {name for body, owner in bodies() if owner is table for name in names_of(body)}
        used |= {
            n for s in table.values() for v in VERSIONS for w in s.members(v).values() for n in names_of(w)
        }

        assert set(table) == used


def test_every_parameter_and_header_has_a_type():
    for operation in operations().values():
        for name, history in operation.lines.items():
            if name not in ("consumes", "produces"):
                assert all(type_at(history, text) for _, text in history.stretches)


def test_a_member_has_the_type_of_its_version():
    inspect = documented()["ContainerInspectResponse"]

    assert inspect.members(ApiVersion(1, 37))["ExecIDs"].kinds[0].json == "string"
    assert inspect.members(ApiVersion(1, 38))["ExecIDs"].kinds[0].json == "array"
    assert "Platform" not in inspect.members(ApiVersion(1, 24))


@pytest.mark.parametrize(
    ("wrong", "line", "message"),
    [
        ("", None, "no shape"),
        ("Name\tstring\n", 1, "expected the name of a shape"),
        ("[port]\n", 1, "expected the name of a new shape"),
        ("[Port]\n[Port]\n", 2, "expected the name of a new shape"),
        ("[Port]\nType string\n", 2, "expected a new NAME, a tab"),
        ("[Port]\nType\tstring\nType\tstring\n", 3, "expected a new NAME, a tab"),
        ("[Port]\nType\t\n", 2, "expected a type"),
        ("[Port]\nType\ttext\n", 2, "no JSON type and no name of a shape: 'text'"),
        ("[Port]\nType\t1.2.3-:string\n", 2, "not a window"),
    ],
)
def test_a_damaged_table_is_refused_with_line_and_remedy(tmp_path, wrong, line, message):
    path = tmp_path / "documents.tsv"
    path.write_text(wrong, "utf-8")

    with pytest.raises(CatalogueError) as refused:
        Shapes(path)["Port"].members(ApiVersion(1, 30))

    assert str(refused.value).startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert message in str(refused.value)
    assert str(refused.value).endswith("run scripts/read-documents again")


def test_statements_about_shapes_carry_the_digest_of_their_tables():
    old = {
        change.id
        for change in load().changes.values()
        if change.id.startswith("reference/shapes-") and change.tables != table_digest(change.endpoints)
    }

    assert old == set(), "run scripts/stamp-shapes"


def test_the_digest_is_of_the_operation_and_its_shapes():
    assert table_digest(["GET /info"]) != table_digest(["GET /version"])
    assert table_digest(["GET /info"]) == table_digest(["GET /info"])


def test_a_class_begins_where_the_description_changes():
    """A description is the lines of an operation and the members of all shapes of its bodies."""
    with_schemas = [version for version in VERSIONS if version >= ApiVersion(1, 25)]
    for operation in operations().values():
        for before, version in pairwise(version for version in with_schemas if version in operation):
            alike = description(operation, before) == description(operation, version)

            assert alike == (operation.class_of(before) == operation.class_of(version)), (
                operation.name,
                version,
            )


def description(operation, version):
    """What the tables say of an operation in a version: its lines, and the members of all shapes that they name."""
    lines = {name: history.at(version) for name, history in operation.lines.items()}
    types = [parse_type(text) for name, text in lines.items() if text and (name == "body" or name.isdigit())]
    names = [name for wanted in types if not wanted.example for name in names_of(wanted)]
    members = {}
    while names:
        name = names.pop()
        if name not in members:
            members[name] = documented()[name].members(version)
            names += [inner for wanted in members[name].values() for inner in names_of(wanted)]
    return lines, members
