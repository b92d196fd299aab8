"""GET /images/(name)/json."""

import re

import pytest

from conformance import array, assert_status, assert_type, at, known, since
from conformance.testing import (
    build_contexts,
    build_image,
    familiar_name,
    import_image,
)
from fixtures.images import bare, commit_configured_image, load_image


@pytest.fixture
def latest_image(env):
    """The id of an image and its name with the tag latest."""

    def make():
        name = import_image(env, b"latest")
        repository = name.rpartition(":")[0]
        env.ledger.will_create("image", f"{repository}:latest")
        env.post(f"/images/{name}/tag", {"repo": repository, "tag": "latest"})
        return at(env.get(f"/images/{name}/json"), "Id"), f"{repository}:latest"

    return env.share("image with the tag latest", make)


@since("reference/images-inspect-names")
@pytest.mark.parametrize(
    "shorten",
    [
        lambda _, name: name,
        lambda _, name: name.removesuffix(":latest"),
        lambda image, _: image,
        lambda image, _: bare(image)[:12],
    ],
    ids=["name", "name without a tag", "id", "short id"],
)
def test_an_image_is_found_by_name_and_by_id(api, latest_image, shorten):
    image, name = latest_image

    answer = api.get(f"/images/{shorten(image, name)}/json")

    assert_status(answer, 200)
    assert at(answer.json(), "Id") == image


@since("reference/images-inspect-members")
@pytest.mark.parametrize(
    ("member", "kind"),
    [("Id", str), ("Os", str), ("Architecture", str), ("Created", str), ("Size", int), ("Config", dict)],
)
def test_inspect_has_the_member(api, tagged_image, member, kind):
    document = api.get(f"/images/{tagged_image.id}/json").json()

    assert_type(document, member, kind)


@since("reference/images-inspect-members")
def test_inspect_names_the_system(api, env, tagged_image):
    version = env.get("/version")

    document = api.get(f"/images/{tagged_image.id}/json").json()

    assert (at(document, "Os"), at(document, "Architecture")) == (at(version, "Os"), at(version, "Arch"))


@since("reference/images-inspect-origin")
@pytest.mark.parametrize("member", ["Parent", "DockerVersion", "Author", "Comment"])
def test_inspect_has_a_string_that_tells_how_the_image_was_made(api, tagged_image, member):
    document = api.get(f"/images/{tagged_image.id}/json").json()

    assert_type(document, member, str)


@since("reference/images-inspect-origin")
def test_inspect_names_the_parent(api, tagged_image):
    document = api.get(f"/images/{tagged_image.id}/json").json()

    assert bare(at(document, "Parent")) == tagged_image.parent


@since("reference/images-inspect-origin")
def test_inspect_has_author_and_comment_of_the_commit(api, configured_image):
    document = api.get(f"/images/{configured_image}/json").json()

    assert (at(document, "Author"), at(document, "Comment")) == ("A. Uthor", "a comment")


@since("reference/images-inspect-virtual-size")
def test_inspect_has_the_size_with_all_layers(api, tagged_image):
    document = api.get(f"/images/{tagged_image.id}/json").json()

    assert assert_type(document, "VirtualSize", int) >= assert_type(document, "Size", int)


CONFIG = {
    "Cmd": ["echo", "from the image"],
    "Entrypoint": ["/bin/sh", "-c"],
    "Env": ["FROM_IMAGE=yes"],
    "ExposedPorts": {"81/tcp": {}},
    "Labels": {"dockerconf.vendor": "Acme"},
    "OnBuild": ["RUN true"],
    "User": "tester",
    "Volumes": {"/data": {}},
    "WorkingDir": "/tmp",
}


@pytest.fixture
def configured_image(env):
    """The name of an image with CONFIG and with the author and comment that its commit was given."""
    return env.share(
        "image with a configuration",
        lambda: commit_configured_image(env, CONFIG, author="A. Uthor", comment="a comment"),
    )


@since("reference/images-inspect-config")
@pytest.mark.parametrize("member", sorted(set(CONFIG) - {"Labels", "Env"}))
def test_config_has_what_the_image_was_made_with(api, configured_image, member):
    document = api.get(f"/images/{configured_image}/json").json()

    assert known(at(document, "Config", member), CONFIG[member], member) == CONFIG[member]


@since("reference/images-inspect-config")
def test_config_has_labels_and_environment_of_the_image(api, configured_image):
    config = at(api.get(f"/images/{configured_image}/json").json(), "Config")

    assert CONFIG["Env"][0] in array(config, "Env")
    assert CONFIG["Labels"].items() <= assert_type(config, "Labels", dict).items()


@pytest.fixture
def imported_image(env):
    """The name of an image that was imported, and so has no parent."""
    return env.share("imported image", lambda: import_image(env, b"imported"))


@since("reference/images-inspect-no-parent")
@pytest.mark.parametrize("member", ["Parent", "Comment", "Author"])
def test_an_image_without_a_parent_has_the_member_all_the_same(api, imported_image, member):
    document = api.get(f"/images/{imported_image}/json").json()

    assert_type(document, member, str)


@since("reference/images-inspect-no-parent")
def test_an_imported_image_has_no_parent(api, imported_image):
    document = api.get(f"/images/{imported_image}/json").json()

    assert at(document, "Parent") == ""


@since("reference/images-id-digest")
@pytest.mark.parametrize("look", ["inspect", "list"])
def test_id_is_a_digest(api, tagged_image, look):
    if look == "inspect":
        shown = at(api.get(f"/images/{tagged_image.names[0]}/json").json(), "Id")
    else:
        rows = array(api.get("/images/json").json())
        names = [map(familiar_name, at(row, "RepoTags") or []) for row in rows]
        shown = next(
            (at(row, "Id") for row, found in zip(rows, names, strict=True) if tagged_image.names[0] in found),
            None,
        )

    assert isinstance(shown, str) and re.fullmatch("[a-z0-9]+:[0-9a-f]{64}", shown), f"Id: got {shown!r}"


@since("reference/images-inspect-healthcheck")
def test_inspect_shows_the_health_check_of_the_dockerfile(api, env):
    instruction = 'HEALTHCHECK --interval=7s --retries=4 CMD ["true"]'
    name = env.share(
        "image with a health check to inspect", lambda: build_image(env, build_contexts(env), instruction)
    )

    document = api.get(f"/images/{name}/json").json()

    check = assert_type(document, "Config.Healthcheck", dict)
    assert [at(check, member) for member in ("Test", "Interval", "Retries")] == [
        ["CMD", "true"],
        7_000_000_000,
        4,
    ]


@since("reference/images-inspect-variant")
def test_inspect_names_the_variant_of_the_architecture(api, env):
    name = env.share("image with a variant", lambda: load_image(env, b"for a variant\n", "arm", variant="v7"))

    document = api.get(f"/images/{name}/json").json()

    assert (at(document, "Architecture"), at(document, "Variant")) == ("arm", "v7")


@since("reference/images-inspect-unnamed")
@pytest.mark.parametrize("member", ["RepoTags", "RepoDigests"])
def test_an_image_without_a_name_has_empty_lists_of_names(api, unnamed_image, member):
    document = api.get(f"/images/{unnamed_image}/json").json()

    assert at(document, member) == []
