"""Saving, loading and searching images, as the references describe them."""

import gzip
import secrets

import pytest

from conformance import (
    array,
    assert_progress_fails,
    assert_progress_succeeds,
    assert_refused,
    assert_status,
    assert_type,
    at,
    since,
)
from conformance.testing import (
    TAR,
    Member,
    commit_image,
    import_image,
    pack,
    parse_json,
    read_image_file,
    unpack,
)
from fixtures.images import names_in

ARCHIVE = pack(Member("file", b"imported\n"))


@pytest.fixture
def saved_image(env):
    """The id and the name of an image that only this check has."""
    name = import_image(env, secrets.token_bytes(1000))
    return at(env.get(f"/images/{name}/json"), "Id"), name


@since("reference/images-save")
@pytest.mark.parametrize("by", ["name", "id"])
def test_an_image_is_saved_as_a_tar_archive(api, saved_image, by):
    image, name = saved_image

    answer = api.get(f"/images/{name if by == 'name' else image}/get")

    assert_status(answer, 200)
    assert unpack(answer.body), "the archive is empty"


@since("reference/images-save")
def test_the_type_of_the_archive_is_tar(api, saved_image):
    answer = api.get(f"/images/{saved_image[1]}/get")

    assert answer.media_type == "application/x-tar"


@since("reference/images-save")
def test_the_type_of_an_archive_of_several_is_tar(api, two_images):
    answer = api.get("/images/get?names={}&names={}".format(*two_images))

    assert_status(answer, 200)
    assert answer.media_type == "application/x-tar"


@since("reference/images-load")
def test_a_saved_image_is_there_again_when_it_was_loaded(api, env, saved_image):
    image, name = saved_image
    archive = env.require(env.client.get(f"/images/{name}/get")).body
    env.require(env.client.delete(f"/images/{name}"))

    answer = api.post("/images/load", body=archive, headers=TAR)

    assert_status(answer, 200)
    found = env.client.get(f"/images/{name}/json")
    assert_status(found, 200)
    assert at(found.json(), "Id") == image


@since("reference/images-search")
def test_search_lists_what_the_registry_finds(api, emulated_registry):
    answer = api.get("/images/search", {"term": f"{emulated_registry.address}/some"})

    assert_status(answer, 200)
    rows = array(answer.json())
    assert rows, "nothing is found"
    for row in rows:
        assert assert_type(row, "name", str)
        assert_type(row, "description", str)
        assert_type(row, "is_official", bool)
        assert_type(row, "star_count", int)


@since("reference/images-load-several")
def test_every_image_of_an_archive_is_there_again(api, env):
    names = [import_image(env, secrets.token_bytes(1000)) for _ in range(2)]
    ids = [at(env.get(f"/images/{name}/json"), "Id") for name in names]
    archive = env.require(env.client.get("/images/get?names={}&names={}".format(*names))).body
    for name in names:
        env.require(env.client.delete(f"/images/{name}"))

    answer = api.post("/images/load", body=archive, headers=TAR)

    assert_status(answer, 200)
    found = [env.client.get(f"/images/{name}/json") for name in names]
    assert [at(one.json(), "Id") if one.ok else None for one in found] == ids


@since("reference/images-load-by-id")
def test_an_image_that_was_saved_by_its_id_is_there_again(api, env, saved_image):
    image, name = saved_image
    archive = env.require(env.client.get(f"/images/{image}/get")).body
    env.require(env.client.delete(f"/images/{name}"))
    env.adopt("image", image)

    answer = api.post("/images/load", body=archive, headers=TAR)

    assert_status(answer, 200)
    assert_status(env.client.get(f"/images/{image}/json"), 200)


@since("reference/images-load-no-archive")
def test_what_is_no_archive_is_an_error(api):
    answer = api.post("/images/load", body=b"this is no tar archive\n" * 100, headers=TAR)

    assert_progress_fails(answer)


@since("reference/images-save-unknown")
@pytest.mark.parametrize("path", ["/images/{}/get", "/images/get?names={}"], ids=["one", "several"])
def test_an_image_that_is_not_there_is_not_saved(api, env, path):
    answer = api.get(path.format(f"{env.prefix}nosuch:1"))

    assert_refused(answer)


@since("reference/images-save-format")
def test_each_layer_is_a_folder_with_its_version_its_description_and_its_files(api, saved_image):
    answer = api.get(f"/images/{saved_image[1]}/get")

    files = unpack(answer.body)
    layers = [name.rpartition("/")[0] for name in files if name.endswith("/layer.tar")]
    assert len(layers) == 1, f"expected one folder with a layer.tar, got {len(layers)}"
    assert files[f"{layers[0]}/VERSION"].content.strip() == b"1.0"
    assert "file" in unpack(files[f"{layers[0]}/layer.tar"].content)
    parse_json(files[f"{layers[0]}/json"].content)


@since("reference/images-import-answer")
def test_import_tells_its_progress_and_the_id_of_the_image_in_json(api, env):
    name = env.reserve_name("image")

    answer = api.post("/images/create", {"fromSrc": "-", "repo": name}, body=ARCHIVE, headers=TAR)

    assert_status(answer, 200)
    assert answer.media_type == "application/json"
    image = at(env.get(f"/images/{name}/json"), "Id").removeprefix("sha256:")
    assert any(
        image in status for row in answer.messages() if isinstance(status := at(row, "status"), str)
    ), "no row has the id of the image"


@since("reference/images-import-content")
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["identity", "gzip"])
def test_the_imported_image_holds_the_files_of_the_archive(api, env, compress):
    name = env.reserve_name("image")

    answer = api.post("/images/create", {"fromSrc": "-", "repo": name}, body=compress(ARCHIVE), headers=TAR)

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == "imported\n"


@since("reference/images-import-no-name")
def test_an_import_without_a_repository_makes_an_image_without_a_name(api, env):
    content = f"imported as {secrets.token_hex(8)}\n".encode()

    answer = api.post("/images/create", {"fromSrc": "-"}, body=pack(Member("file", content)), headers=TAR)

    assert_status(answer, 200)
    image = env.adopt("image", assert_type(answer.messages(), (-1, "status"), str))
    assert not at(env.get(f"/images/{image}/json"), "RepoTags")


@since("reference/images-import-address")
def test_an_image_is_imported_from_an_address(api, env, http_source):
    name = env.reserve_name("image")
    repo, _, tag = name.rpartition(":")

    answer = api.post("/images/create", {"fromSrc": f"{http_source}/image.tar", "repo": repo, "tag": tag})

    assert_progress_succeeds(answer)
    assert read_image_file(env, name, "/file") == "imported from the address\n"


@since("reference/images-search-term")
def test_search_passes_the_term_on(api, emulated_registry):
    answer = api.get("/images/search", {"term": f"{emulated_registry.address}/nothing-like-this"})

    assert_status(answer, 200)
    assert [
        row for row in array(answer.json()) if "nothing-like-this" not in assert_type(row, "name", str)
    ] == []


@since("reference/images-save-repository")
@pytest.mark.parametrize("path", ["/images/{}/get", "/images/get?names={}"], ids=["one", "several"])
def test_a_repository_is_saved_with_all_its_tags(api, two_images, path):
    repository = two_images[0].rpartition(":")[0]

    answer = api.get(path.format(repository))

    assert_status(answer, 200)
    assert names_in(answer.body) == set(two_images)


@since("reference/images-import-message")
def test_message_is_the_comment_of_an_import(api, env):
    name = env.reserve_name("image")

    query = {"fromSrc": "-", "repo": name, "message": "brought by hand"}
    answer = api.post("/images/create", query, body=pack(Member("file", b"with a message\n")), headers=TAR)

    assert_progress_succeeds(answer)
    assert at(env.get(f"/images/{name}/json"), "Comment") == "brought by hand"


@since("reference/images-import-changes")
def test_imported_image_has_what_instructions_set(api, env):
    name = env.reserve_name("image")
    query = {"fromSrc": "-", "repo": name, "changes": "ENV COLOUR=red"}

    answer = api.post("/images/create", query, body=ARCHIVE, headers=TAR)

    assert_status(answer, 200)
    assert_progress_succeeds(answer)
    assert at(env.get(f"/images/{name}/json"), "Config", "Env") == ["COLOUR=red"]


@since("reference/images-save-repositories")
def test_repositories_names_the_folder_of_a_layer(api, saved_image):
    answer = api.get(f"/images/{saved_image[1]}/get")

    files = unpack(answer.body)
    repositories = parse_json(files["repositories"].content)
    named = [pair for tags in repositories.values() for pair in tags.items()]
    assert [tag for tag, _ in named] == [saved_image[1].rpartition(":")[2]]
    layer = named[0][1]
    assert f"{layer}/layer.tar" in files, f"expected a folder {layer} with a layer.tar"


@since("reference/images-save-deletions")
def test_a_layer_names_the_file_that_it_deletes(api, env):
    def make():
        container = env.create_container("rm", "/fixtures/file")
        env.start_and_wait(container)
        return commit_image(env, container)

    name = env.share("image without a file of its parent", make)

    answer = api.get(f"/images/{name}/get")

    contents = [member.content for member in unpack(answer.body).values()]
    # A layer may be compressed.
    contents = [gzip.decompress(text) if text.startswith(b"\x1f\x8b") else text for text in contents]
    layers = [unpack(text) for text in contents if text[257:262] == b"ustar"]
    assert any("fixtures/.wh.file" in layer for layer in layers), "no layer has a file .wh.file in fixtures"


@since("reference/images-import-address")
def test_an_address_at_which_nothing_is_is_an_error(api, env, http_source):
    name = env.reserve_name("image")
    repo, _, tag = name.rpartition(":")

    answer = api.post("/images/create", {"fromSrc": f"{http_source}/nosuch.tar", "repo": repo, "tag": tag})

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)
