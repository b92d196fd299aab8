"""How the test image gets onto an engine of which some ways do not work, and that nothing of it is forgotten."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from hostile.daemon import daemon, document, response

from conformance.environment import Environment, Ledger, ledger, test_image
from conformance.environment.image_archive import pack_image
from conformance.environment.test_image import TestImage, find_ids, make_test_image
from conformance.environment.unnamed_images import adopt_unnamed_images
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.http.messages import Response
from conformance.http.tar import Member, pack, unpack
from conformance.model.versions import ApiVersion

ROUTES = {"load": "/images/load", "import": "/images/create", "build": "/build"}
ROOTFS = pack(Member("file", b"content"))


class Engine:
    """Keeps images by id and by name; the ways in `broken` are refused, and `drops` are the ways that ignore the name.

    With `by_name` it creates no container from the id of an image that has two names, with `no_containers` none at all.
    """

    def __init__(self, broken=(), drops=(), tags=True, by_name=False, no_containers=False):
        self.broken, self.drops, self.tags = broken, drops, tags
        self.by_name, self.no_containers = by_name, no_containers
        self.images: dict[str, str] = {}
        #: The ids of the images that each request is answered with, one of each stage of a build.
        self.stages: list[str] = []
        self.asked: list[str] = []

    def answer(self, asked):
        path, _, query = re.sub(r"^/v[\d.]+", "", asked.path).partition("?")
        self.asked.append(f"{asked.method} {path}")
        if path.startswith("/containers"):
            answer = self._create_container(asked)
        elif asked.method == "DELETE":
            answer = self._remove(path.removeprefix("/images/"))
        else:
            answer = self._create(asked, path, query) if asked.method == "POST" else self._inspect(path)
        asked.connection.sendall(answer)

    def _create_container(self, asked):
        if asked.method == "DELETE":
            return response(b"", "204 No Content")
        image = json.loads(asked.body)["Image"]
        names = [name for name, key in self.images.items() if key == self.images[image] and name != key]
        if self.no_containers or (self.by_name and image not in names and len(names) > 1):
            return document({"message": "no such image"}, "500 No")
        return document({"Id": "1"}, "201 Created")

    def _remove(self, image):
        return document([]) if self.images.pop(image, "") else document({"message": "none"}, "404 No")

    def _create(self, asked, path, query):
        tag = re.fullmatch(r"/images/(.+)/tag", path)
        if tag:
            if not self.tags:
                return document({"message": "no tags here"}, "500 No")
            repo, name = re.search(r"repo=([^&]+)&tag=([^&]+)", query).groups()
            self.images[f"{repo}:{name}"] = tag[1]
            return response(b"", "201 Created")
        way = {route: way for way, route in ROUTES.items()}[path]
        if way in self.broken:
            return document({"message": f"no {way} here"}, "500 No")
        image = "sha256:" + hashlib.sha256(way.encode()).hexdigest()
        if way == "load":
            image = f"sha256:{self._manifest(asked.body)['Config'].removesuffix('.json')}"
        self.images[image] = image
        if way not in self.drops:
            self.images[self._name(way, asked.body, query)] = image
        if self.stages:
            self.images |= {stage: stage for stage in self.stages}
            return response(
                "".join(json.dumps({"aux": {"ID": stage}}) + "\n" for stage in self.stages).encode()
            )
        line = {"load": "Loaded image", "import": image, "build": f"Successfully built {image[7:19]}"}[way]
        return response((json.dumps({"status" if way == "import" else "stream": line}) + "\n").encode())

    def _name(self, way, body, query):
        if way == "load":
            return self._manifest(body)["RepoTags"][0]
        return re.search(r"(?:repo|t)=([^&]+)", query)[1].replace("%3A", ":")

    def _manifest(self, body):
        return json.loads(unpack(body)["manifest.json"].content)[0]

    def _inspect(self, path):
        name = path.removeprefix("/images/").removesuffix("/json")
        known = {key.removeprefix("sha256:")[:12]: value for key, value in self.images.items()}
        image = self.images.get(name) or known.get(name)
        names = [key for key, value in self.images.items() if value == image and key != image]
        return (
            document({"Id": image, "RepoTags": names}) if image else document({"message": "none"}, "404 No")
        )


@pytest.fixture
def on_engine(tmp_path, monkeypatch):
    """A client of an engine, and a ledger."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(test_image, "make_rootfs", lambda: ROOTFS)
    opened = []

    def start(engine):
        context = daemon(tmp_path / "d.sock", engine.answer, "/images/|/build|/containers/")
        context.__enter__()
        opened.append(context)
        info = ledger.new_run("unix:///nowhere")
        return Client(Endpoint(path=str(tmp_path / "d.sock")), ApiVersion(1, 21)), Ledger(info, "controller")

    yield start
    for context in opened:
        context.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("broken", "way"), [((), "load"), (("load",), "import"), (("load", "import"), "build")]
)
def test_the_first_way_that_works_is_taken(broken, way, on_engine):
    engine = Engine(broken)
    client, book = on_engine(engine)

    image = make_test_image(client, book)

    assert image == TestImage(engine.images[image.name], f"{book.info.prefix}busybox:latest")
    sent = [line for line in engine.asked if line.startswith("POST") and line.endswith((*ROUTES.values(),))]
    assert sent[-1] == f"POST {ROUTES[way]}"


@pytest.mark.parametrize("broken", [(), ("load",), ("load", "import")])
def test_an_image_whose_name_was_dropped_gets_it_by_a_tag(broken, on_engine):
    client, book = on_engine(Engine(broken, drops=("import", "load", "build")))

    image = make_test_image(client, book)

    assert (image.fault, image.name) == ("", f"{book.info.prefix}busybox:latest")
    assert {entry.name for entry in ledger.outstanding(book.info)} == {image.id, image.name}


def test_an_image_that_cannot_be_named_is_used_by_its_id_and_is_in_the_ledger(on_engine):
    client, book = on_engine(Engine(("load",), drops=("import",), tags=False))

    image = make_test_image(client, book)

    assert (image.name, image.fault) == ("", "")
    assert image.id in {entry.name for entry in ledger.outstanding(book.info)}


@pytest.mark.parametrize(
    ("engine", "by_name"),
    [({}, False), ({"by_name": True}, True), ({"no_containers": True}, False)],
    ids=["by id", "by name", "not at all"],
)
def test_containers_name_the_image_as_the_engine_needs_it_while_it_has_two_names(engine, by_name, on_engine):
    client, book = on_engine(known := Engine(**engine))

    image = make_test_image(client, book)

    assert (image.by_name, image.reference) == (by_name, image.name if by_name else image.id)
    assert set(known.images) == {image.id, image.name}
    assert {entry.name for entry in ledger.outstanding(book.info)} == {image.id, image.name}


def test_an_engine_that_takes_no_image_is_reported_with_the_reason_of_each_way(on_engine):
    client, book = on_engine(Engine(("load", "import", "build")))

    fault = make_test_image(client, book).fault

    assert fault.startswith(
        "the daemon takes no test image (load: no load here; import: no import here; build: no b"
    )
    assert "--image" in fault


def test_import_asks_for_nothing_that_no_document_has(on_engine):
    engine = Engine(("load",))
    client, book = on_engine(engine)

    make_test_image(client, book)

    [sent] = [row.request for row in client.transcript if "/images/create" in row.request.target]
    assert sent.target.partition("?")[2] == f"fromSrc=-&repo={book.info.prefix}busybox%3Alatest"


def test_an_archive_has_both_descriptions_of_one_layer():
    archive = pack_image(ROOTFS, "some/name:1", "amd64", {"of": "a run"})
    members = unpack(archive.data)
    manifest = json.loads(members["manifest.json"].content)[0]
    configuration = members[manifest["Config"]].content
    layer = json.loads(members["repositories"].content)["some/name"]["1"]

    assert manifest["RepoTags"] == ["some/name:1"]
    assert manifest["Config"] == hashlib.sha256(configuration).hexdigest() + ".json"
    assert archive.ids == (f"sha256:{hashlib.sha256(configuration).hexdigest()}", layer)
    assert manifest["Layers"] == [f"{layer}/layer.tar"]
    assert members[f"{layer}/layer.tar"].content == ROOTFS
    diff_id = json.loads(configuration)["rootfs"]["diff_ids"][0]
    assert diff_id == f"sha256:{hashlib.sha256(ROOTFS).hexdigest()}"
    for described in (json.loads(configuration), json.loads(members[f"{layer}/json"].content)):
        assert described["config"]["Labels"] == {"of": "a run"}


def test_an_archive_leaves_a_member_of_the_configuration_out():
    members = unpack(pack_image(ROOTFS, "some/name:1", "amd64", {}, created=None).data)
    configuration = json.loads(members[json.loads(members["manifest.json"].content)[0]["Config"]].content)

    assert "created" not in configuration
    assert configuration["os"] == "linux"


@pytest.mark.parametrize(
    ("drops", "query", "removed"),
    [(("import",), {"repo": "x:1"}, True), ((), {"repo": "x:1"}, False), (("import",), {}, False)],
    ids=["name dropped", "name kept", "no name asked for"],
)
def test_an_image_that_a_check_imported_without_getting_the_name_is_removed(drops, query, removed, on_engine):
    client, book = on_engine(Engine(drops=drops))
    env = Environment(client, book, TestImage("image:1", "image:1"))
    client.post("/images/create", {"fromSrc": "-", **query}, body=ROOTFS)

    adopt_unnamed_images(env, client.transcript)

    assert bool(env.ledger.opened()) is removed


def test_the_images_of_all_stages_of_a_build_are_removed(on_engine):
    engine = Engine(drops=("build",))
    stages = [f"sha256:{number:064x}" for number in (1, 2)]
    engine.stages = stages
    client, book = on_engine(engine)
    env = Environment(client, book, TestImage("image:1", "image:1"))
    client.post("/build", {"t": "x:1"}, body=ROOTFS)

    adopt_unnamed_images(env, client.transcript)

    assert {name for _, name in env.ledger.opened()} == set(stages)


def test_an_unnamed_image_that_checks_share_stays(on_engine):
    client, book = on_engine(Engine(drops=("import",)))
    env = Environment(client, book, TestImage("image:1", "image:1"))

    def make():
        answer = client.post("/images/create", {"fromSrc": "-", "repo": "x:1"}, body=ROOTFS)
        return env.adopt("image", find_ids(answer)[-1])

    image = env.share("unnamed image", make)

    adopt_unnamed_images(env, client.transcript)

    assert ("image", image) not in env.ledger.opened()


@pytest.mark.parametrize("escape", [str, lambda text: text.replace("1", "\\u0031")])
def test_ids_of_images_are_read_from_json_and_from_text(escape):
    whole, short = "sha256:" + 64 * "1", 12 * "1"
    body = escape(f'{{"stream": "Successfully built {short}\\n"}}\n{{"aux": {{"ID": "{whole}"}}}}\n')

    assert find_ids(Response(200, "OK", (), body.encode())) == [short, whole]
    assert find_ids(Response(200, "OK", (), f"Loaded {whole}".encode())) == [whole]
