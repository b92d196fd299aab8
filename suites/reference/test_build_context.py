"""The context of POST /build: its forms, its files, its Dockerfile and the address that it may come from."""

import bz2
import gzip
import lzma

import pytest

from conformance import (
    array,
    assert_progress_fails,
    assert_progress_succeeds,
    assert_status,
    since,
)
from conformance.testing import Member, pack, read_image_file, unpack

COMPRESS = {"identity": bytes, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}


@since("reference/build-context")
@pytest.mark.parametrize("form", COMPRESS)
def test_the_context_may_be_compressed(api, env, build_context, form):
    name = env.reserve_name("image")
    context = build_context("COPY file /built", files=[Member("file", b"built\n")])

    answer = api.post(
        "/build", {"t": name, "nocache": 1}, body=COMPRESS[form](context["body"]), headers=context["headers"]
    )

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/built") == "built\n"


@since("reference/build-remote")
@pytest.mark.parametrize(
    ("path", "query", "built"),
    [
        ("Dockerfile.txt", {}, "BUILT=address"),
        ("context.tar", {}, "BUILT=address"),
        ("context.tar", {"dockerfile": "Other"}, "BUILT=other"),
    ],
    ids=["a text file", "an archive", "an archive and a dockerfile"],
)
def test_the_context_is_fetched_from_the_address(api, env, http_source, path, query, built):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1, "remote": f"{http_source}/{path}", **query})

    assert_progress_succeeds(answer)
    assert built in array(env.get(f"/images/{name}/json"), "Config", "Env")


@since("reference/build-remote")
def test_an_address_at_which_nothing_is_ends_in_an_error(api, env, http_source):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "remote": f"{http_source}/nosuch.tar"})

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)


@since("reference/build-content-type")
def test_the_type_of_the_context_may_be_application_tar(api, env, build_context):
    name = env.reserve_name("image")
    body = build_context("ENV A=b")["body"]

    answer = api.post(
        "/build", {"t": name, "nocache": 1}, body=body, headers={"Content-Type": "application/tar"}
    )

    assert_progress_succeeds(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 200)


@since("reference/build-context-files")
def test_the_files_of_the_context_are_there(api, env, build_context):
    name = env.reserve_name("image")
    files = [
        Member("file", b"outer\n"),
        Member("folder", kind="dir", mode=0o755),
        Member("folder/inner", b"inner\n"),
    ]
    steps = ["COPY . /all", "COPY folder /copied", "ADD file /added", "COPY file folder/inner /both/"]

    answer = api.post("/build", {"t": name, "nocache": 1}, **build_context(*steps, files=files))

    assert_progress_succeeds(answer)
    placed = {
        "/all/folder/inner": "inner\n",
        "/copied/inner": "inner\n",
        "/added": "outer\n",
        "/both/file": "outer\n",
        "/both/inner": "inner\n",
    }
    assert {path: read_image_file(env, name, path) for path in placed} == placed


@since("reference/build-dockerfile-path")
@pytest.mark.parametrize(
    "path", ["folder/Other", "./Other", "Other.txt"], ids=["in a folder", "with a dot", "with an ending"]
)
def test_dockerfile_is_a_path_in_the_context(api, env, build_context, path):
    name = env.reserve_name("image")
    context = build_context("ENV BUILT=other", dockerfile=path.removeprefix("./"))

    answer = api.post("/build", {"t": name, "nocache": 1, "dockerfile": path}, **context)

    assert_progress_succeeds(answer)
    assert "BUILT=other" in array(env.get(f"/images/{name}/json"), "Config", "Env")


@since("reference/build-no-dockerfile")
@pytest.mark.parametrize("query", [{}, {"dockerfile": "nosuch"}], ids=["default", "named"])
def test_a_context_without_the_dockerfile_ends_in_an_error(api, env, build_context, query):
    name = env.reserve_name("image")
    context = build_context("ENV A=b", dockerfile="Other")

    answer = api.post("/build", {"t": name, "nocache": 1, **query}, **context)

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)


@since("reference/build-remote-dockerfile")
def test_dockerfile_is_ignored_where_the_address_is_that_of_a_dockerfile(api, env, http_source):
    name = env.reserve_name("image")
    query = {"t": name, "nocache": 1, "remote": f"{http_source}/Dockerfile.txt", "dockerfile": "Other"}

    answer = api.post("/build", query)

    assert_progress_succeeds(answer)
    assert "BUILT=address" in array(env.get(f"/images/{name}/json"), "Config", "Env")


@since("reference/build-remote-dockerfile")
def test_dockerfile_must_be_in_the_archive_at_the_address(api, env, http_source):
    name = env.reserve_name("image")
    query = {"t": name, "nocache": 1, "remote": f"{http_source}/context.tar", "dockerfile": "nosuch"}

    answer = api.post("/build", query)

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)


@since("reference/build-context-dotted-names")
def test_names_in_the_archive_may_begin_with_a_dot(api, env, build_context):
    name = env.reserve_name("image")
    files = [Member("folder", kind="dir"), Member("folder/file", b"built\n")]
    context = build_context("COPY folder/file /built", files=files)
    members = unpack(context["body"]).values()
    dotted = pack(Member(".", kind="dir"), *(member._replace(name=f"./{member.name}") for member in members))

    answer = api.post("/build", {"t": name, "nocache": 1}, body=dotted, headers=context["headers"])

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/built") == "built\n"
