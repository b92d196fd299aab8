"""Reading reference documents into tables: both kinds of OpenAPI, prose, and what is neither. No daemon."""

import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import SimpleNamespace

import pytest

from conformance.catalogue.operations import operations
from conformance.catalogue.shapes import Shapes
from conformance.model.versions import ApiVersion

SCRIPT = Path(__file__).parents[2] / "scripts" / "read-documents"

SWAGGER = """
swagger: "2.0"
produces: [application/json]
info: {version: "%s"}
definitions:
  Thing:
    type: object
    required: [Id]
    properties:
      Id: {type: string}
      When: {type: string, format: dateTime, example: 2016-01-01}
      State: {type: string, enum: [on, off]}
      Labels: {type: object, additionalProperties: {type: string}, x-nullable: true}
      Ports: {type: array, items: {$ref: "#/definitions/Port"}}
%s
  Port:
    type: object
    properties:
      Number: {type: integer, format: uint16}
paths:
  /things/{id}:
    get:
      operationId: ThingInspect
      parameters:
        - {name: id, in: path, required: true, type: string}
        - {name: size, in: query, type: boolean, default: false}
      responses:
        200:
          schema:
            allOf:
              - $ref: "#/definitions/Thing"
              - {type: object, properties: {Size: {type: integer}}}
        404: {schema: {type: object, properties: {message: {type: string}}}}
"""

NEWER = """
openapi: 3.0.3
info: {version: "1.52"}
components:
  schemas:
    Thing: {type: object, properties: {Id: {type: string, nullable: true}}}
paths:
  /things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    post:
      operationId: ThingChange
      parameters:
        - {name: force, in: query, schema: {type: boolean, default: true}}
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses:
        "200":
          headers: {X-Count: {schema: {type: integer}}}
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}
        "204": {description: nothing}
"""

PROSE = """
### Inspect a thing

`GET /things/(id or name)?size=<0|1>`

**Example request**:

    GET /things/abc?size=1&verbose=1 HTTP/1.1

**Example response**:

    HTTP/1.1 200 OK
    Content-Type: application/json

    {
         "Id": "abc",
         "Labels": {"a": "b"},
         "Ports": [{"Number": 80}, {"Number": 81, "Open": true}],
         "Old": null,
    }

Query Parameters:

-   **size** - 1/True/true or 0/False/false, show the size. Default false

Status Codes:

-   **200** - no error
-   **404** - no such thing

# 3. Going further
"""


@pytest.fixture
def read(tmp_path, capsys):
    """Run the script over some documents: its exit code, its words, and a folder with tables."""
    sys.path.insert(0, str(SCRIPT.parent))
    loader = SourceFileLoader("read_documents", str(SCRIPT))
    script = importlib.util.module_from_spec(importlib.util.spec_from_loader("read_documents", loader))
    loader.exec_module(script)

    def run(monkeypatch, **texts):
        documents = tmp_path / "documents"
        documents.mkdir()
        for name, text in texts.items():
            stem, _, ending = name.replace("_", ".").rpartition(".")
            (documents / f"{stem}.{ending}").write_text(text, "utf-8")
        monkeypatch.setattr(sys, "argv", ["read-documents", str(documents), "--output", str(tmp_path)])
        code = script.main()
        return SimpleNamespace(code=code, output=capsys.readouterr().err, folder=tmp_path)

    yield run
    sys.path.remove(str(SCRIPT.parent))


def lines(read_folder, name):
    return {
        key: str(history.stretches[0][1])
        for key, history in operations(read_folder / "operations.tsv")[name].lines.items()
    }


def test_swagger_becomes_operations_and_shapes(read, monkeypatch):
    result = read(monkeypatch, v1_30_yaml=SWAGGER % ("1.30", ""))
    shapes = Shapes(result.folder / "shapes" / "documents.tsv")

    assert result.code == 0
    assert lines(result.folder, "GET /things/(id)") == {
        "query size": "boolean=false",
        "produces": "application/json",
        "200": "ThingInspectResponse",
        "404": "ThingInspectResponse404",
    }
    assert {name: h.stretches[0][1] for name, h in shapes["ThingInspectResponse"].histories.items()} == {
        "Id": "string!",
        "Labels": "string{}?",
        "Ports": "Port[]",
        "Size": "integer",
        "State": "string(false|true)",  # on and off are words of YAML for both
        "When": "string:date-time",
    }
    assert shapes["Port"].histories["Number"].stretches[0][1] == "integer:uint16"


def test_a_member_has_the_window_of_its_documents(read, monkeypatch):
    more = "      New: {type: string}\n"
    texts = {
        "v1_30_yaml": SWAGGER % ("1.30", ""),
        "v1_31_yaml": SWAGGER % ("1.31", ""),
        "v1_32_yaml": SWAGGER % ("1.32", more),
    }
    result = read(monkeypatch, **texts)
    operation = operations(result.folder / "operations.tsv")["GET /things/(id)"]
    shape = Shapes(result.folder / "shapes" / "documents.tsv")["ThingInspectResponse"]

    assert operation.class_of(ApiVersion(1, 31)) == ApiVersion(1, 30)
    assert operation.class_of(ApiVersion(1, 32)) == ApiVersion(1, 32)
    assert "New" not in shape.members(ApiVersion(1, 31))
    assert "New" in shape.members(ApiVersion(1, 32))


def test_openapi_3_becomes_the_same_facts(read, monkeypatch):
    result = read(monkeypatch, v1_52_yaml=NEWER)

    assert result.code == 0
    assert lines(result.folder, "POST /things/(id)") == {
        "query force": "boolean=true",
        "consumes": "application/json",
        "produces": "application/json",
        "body": "Thing",
        "200": "Thing[]",
        "200 header X-Count": "integer",
        "204": "none",
    }


def test_prose_gives_lists_and_what_examples_show(read, monkeypatch):
    result = read(monkeypatch, v1_20_md=PROSE, v1_30_yaml=SWAGGER % ("1.30", ""))
    operation = operations(result.folder / "operations.tsv")["GET /things/(id)"]
    version = ApiVersion(1, 20)
    shapes = Shapes(result.folder / "shapes" / "examples.tsv")
    shown = {name: h.stretches[0][1] for name, h in shapes["ThingInspectResponse"].histories.items()}

    assert operation.lines["query size"].at(version) == "boolean=false"
    assert operation.lines["query verbose"].at(version) == "any"
    assert operation.lines["200"].at(version) == "~ThingInspectResponse"
    assert operation.lines["404"].at(version) == "any"
    assert shown == {"Id": "string", "Labels": "string{}", "Ports": "Port[]", "Old": "any?"}
    assert set(shapes["Port"].histories) == {"Number", "Open"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("v1_30_yaml", "a: [\n", "v1.30.yaml:2: invalid YAML"),
        ("v1_30_yaml", "[]", "not an OpenAPI document"),
        ("v1_30_yaml", 'swagger: "1.2"', "not an OpenAPI document"),
        ("v1_30_yaml", SWAGGER % ("latest", ""), "info.version: expected MAJOR.MINOR, got 'latest'"),
        ("v1_30_yaml", (SWAGGER % ("1.30", "")).replace("definitions/Port", "definitions/Gate"), "leads nowhere"),
        ("v1_30_yaml", (SWAGGER % ("1.30", "")).replace("definitions/Port", "definitions/Thing"), "contains itself"),
        ("v1_30_yaml", (SWAGGER % ("1.30", "")).replace("Size: {type: integer}", "Size: x"), "Size: expected a schema, got str"),
        ("v1_20_md", "# Nothing\n", "no operation here"),
        ("v1_20_md", PROSE.replace('"Old": null', '"Old" null'), "v1.20.md:4: an example of GET /things/() cannot be read"),
        ("other", "", "no document named"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_refused_in_one_line(read, monkeypatch, name, text, message):
    result = read(monkeypatch, **{name: text})

    assert result.code == 2
    assert message in result.output
    assert result.output.count("\n") == 1
    assert not (result.folder / "operations.tsv").exists()
