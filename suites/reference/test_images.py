"""The list of images, one image, its history, its tags and its removal, as the references describe them."""

import re
import secrets
import time
from datetime import datetime
from typing import NamedTuple

import pytest

from conformance import ABSENT, array, assert_status, assert_success, assert_type, at, known, since
from conformance.testing import (
    KILLED_ON_STOP,
    TAR,
    Member,
    Unavailable,
    becomes_true,
    build_contexts,
    build_image,
    commit_image,
    familiar_name,
    image_in_use,
    import_image,
    pack,
)
from fixtures.images import load_image, names_in

TRUE = ["1", "True", "true"]
FALSE = ["0", "False", "false"]


class TaggedImage(NamedTuple):
    """An image of one layer with a file on top of another image: its id, its parent's, and its two names."""

    id: str
    parent: str
    names: tuple[str, str]


@pytest.fixture
def tagged_image(env):
    """A `TaggedImage`; checks only read it."""

    def make():
        base = import_image(env, b"base")
        container = env.create_container("true", Image=base, HostConfig={"NetworkMode": "none"})
        name = commit_image(env, container, **{"dockerconf.kind": "tagged"})
        second = env.tag_image(name)
        ids = [at(env.get(f"/images/{image}/json"), "Id") for image in (name, base)]
        return TaggedImage(ids[0], bare(ids[1]), (name, second))

    return env.share("image with two names", make)


def bare(image):
    """The id of an image without the algorithm, which the references up to v1.21 do not show."""
    return str(image).removeprefix("sha256:")


def find_row(api, image, **query):
    """The one row of an image in the list."""
    rows = [row for row in array(api.get("/images/json", query).json()) if at(row, "Id") == image]
    assert len(rows) == 1, f"expected one row of the image, got {len(rows)}"
    return rows[0]


def list_ids(api, **query):
    return [at(row, "Id") for row in array(api.get("/images/json", query).json())]


@since("reference/images-list-row")
def test_row_has_every_name_of_the_image(api, tagged_image):
    row = find_row(api, tagged_image.id)

    assert sorted(map(familiar_name, array(row, "RepoTags"))) == sorted(tagged_image.names)


@since("reference/images-list-row")
def test_row_has_the_time_of_creation_in_unix_seconds(api, env, tagged_image):
    created = datetime.fromisoformat(at(env.get(f"/images/{tagged_image.id}/json"), "Created"))

    row = find_row(api, tagged_image.id)

    assert assert_type(row, "Created", int) == int(created.timestamp())


@since("reference/images-list-row")
def test_row_has_the_size(api, env, tagged_image):
    size = at(env.get(f"/images/{tagged_image.id}/json"), "Size")

    row = find_row(api, tagged_image.id)

    assert assert_type(row, "Size", int) > 0
    assert at(row, "Size") == size


@since("reference/images-list-virtual-size")
def test_row_has_the_size_with_all_layers(api, tagged_image):
    row = find_row(api, tagged_image.id)

    assert assert_type(row, "VirtualSize", int) > 0


@since("reference/images-list-parent")
def test_row_has_the_id_of_the_parent(api, tagged_image):
    row = find_row(api, tagged_image.id)

    assert bare(assert_type(row, "ParentId", str)) == tagged_image.parent


@since("reference/images-list-filter-dangling")
def test_dangling_leaves_images_without_a_name(api, image_without_name, tagged_image):
    listed = list_ids(api, filters={"dangling": ["true"]})

    assert (image_without_name in listed, tagged_image.id in listed) == (True, False)


@since("reference/images-list-filter-dangling")
def test_dangling_false_leaves_images_with_a_name(api, image_without_name, tagged_image):
    listed = list_ids(api, filters={"dangling": ["false"]})

    assert (image_without_name in listed, tagged_image.id in listed) == (False, True)


@since("reference/images-list-filter-name")
@pytest.mark.parametrize("tagged", [True, False], ids=["with the tag", "without the tag"])
def test_filter_leaves_images_of_that_name(api, env, tagged_image, tagged):
    name = tagged_image.names[0]
    other = at(env.get(f"/images/{env.image}/json"), "Id")

    listed = list_ids(api, filter=name if tagged else name.rpartition(":")[0])

    assert (tagged_image.id in listed, other in listed) == (True, False)


@since("reference/images-list-all")
@pytest.mark.parametrize("query", [{}, *({"all": value} for value in (*TRUE, *FALSE))], ids=str)
def test_an_image_with_a_name_is_listed_whatever_all_says(api, tagged_image, query):
    assert tagged_image.id in list_ids(api, **query)


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

    def make():
        container = env.create_container("true", HostConfig={"NetworkMode": "none"})
        name = env.reserve_name("image")
        repo, _, tag = name.rpartition(":")
        query = {
            "container": container,
            "repo": repo,
            "tag": tag,
            "author": "A. Uthor",
            "comment": "a comment",
        }
        body = {**CONFIG, "Labels": {**CONFIG["Labels"], **env.labels}}
        env.post("/commit", query, json=body)
        return name

    return env.share("image with a configuration", make)


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


@since("reference/images-history")
def test_history_has_a_row_for_the_image_and_one_for_its_parent(api, tagged_image):
    answer = api.get(f"/images/{tagged_image.names[0]}/history")

    assert_status(answer, 200)
    rows = array(answer.json())
    assert len(rows) == 2, f"expected 2 rows, got {len(rows)}"
    assert at(rows[0], "Id") == tagged_image.id


@since("reference/images-history")
@pytest.mark.parametrize(
    ("member", "kind"), [("Id", str), ("Created", int), ("CreatedBy", str), ("Size", int), ("Comment", str)]
)
def test_each_row_of_the_history_has_the_member(api, tagged_image, member, kind):
    rows = array(api.get(f"/images/{tagged_image.id}/history").json())

    for row in rows:
        assert_type(row, member, kind)


@since("reference/images-history")
def test_history_has_the_names_of_the_image(api, tagged_image):
    rows = array(api.get(f"/images/{tagged_image.id}/history").json())

    assert sorted(map(familiar_name, array(rows, 0, "Tags"))) == sorted(tagged_image.names)


def image_id(env, name):
    """The id of the image of that name, or None."""
    answer = env.client.get(f"/images/{name}/json")
    return at(answer.json(), "Id") if answer.ok else None


@since("reference/images-tag")
def test_tag_gives_the_image_another_name(api, env):
    name = env.reserve_name("image")
    repo, _, tag = name.rpartition(":")

    answer = api.post(f"/images/{env.image}/tag", {"repo": repo, "tag": tag})

    assert_status(answer, 201)
    assert image_id(env, name) == image_id(env, env.image)


@since("reference/images-tag")
def test_tag_without_a_tag_names_latest(api, env):
    repository = env.reserve_name("image").rpartition(":")[0]
    env.ledger.will_create("image", f"{repository}:latest")

    answer = api.post(f"/images/{env.image}/tag", {"repo": repository})

    assert_status(answer, 201)
    assert at(env.get(f"/images/{repository}:latest/json"), "Id") == at(
        env.get(f"/images/{env.image}/json"), "Id"
    )


@since("reference/images-tag-force")
@pytest.mark.parametrize("force", TRUE)
def test_force_moves_a_name_from_another_image(api, env, force):
    name = import_image(env, b"another")
    repo, _, tag = name.rpartition(":")

    answer = api.post(f"/images/{env.image}/tag", {"repo": repo, "tag": tag, "force": force})

    assert_status(answer, 201)
    assert image_id(env, name) == image_id(env, env.image)


def read_untagged(rows):
    """The names that a removal took away, by its answer."""
    return [
        familiar_name(assert_type(row, "Untagged", str)) for row in rows if at(row, "Untagged") is not ABSENT
    ]


@since("reference/images-remove")
def test_removing_one_name_of_two_untags_it_alone(api, env):
    name = import_image(env, b"removed")
    second = env.tag_image(name)

    answer = api.delete(f"/images/{second}")

    assert_status(answer, 200)
    rows = array(answer.json())
    assert read_untagged(rows) == [second]
    assert [row for row in rows if at(row, "Deleted") is not ABSENT] == []
    assert (
        env.client.get(f"/images/{name}/json").status,
        env.client.get(f"/images/{second}/json").status,
    ) == (200, 404)


@since("reference/images-remove")
def test_removing_the_last_name_deletes_the_image(api, env):
    name = import_image(env, b"removed with its name")
    image = at(env.get(f"/images/{name}/json"), "Id")

    answer = api.delete(f"/images/{name}")

    assert_status(answer, 200)
    rows = array(answer.json())
    assert name in read_untagged(rows)
    assert bare(image) in [bare(at(row, "Deleted")) for row in rows]
    assert env.client.get(f"/images/{image}/json").status == 404


@since("reference/images-remove-force")
@pytest.mark.parametrize("force", TRUE)
def test_force_removes_an_image_of_several_names_by_its_id(api, env, force):
    name = import_image(env, b"removed by id")
    second = env.tag_image(name)
    image = at(env.get(f"/images/{name}/json"), "Id")

    answer = api.delete(f"/images/{image}", {"force": force})

    assert_status(answer, 200)
    assert [env.client.get(f"/images/{row}/json").status for row in (name, second, image)] == [404] * 3


@since("reference/images-remove-conflict")
def test_an_image_of_several_names_is_not_removed_by_its_id_without_force(api, env):
    name = import_image(env, b"not removed by id")
    second = env.tag_image(name)
    image = at(env.get(f"/images/{name}/json"), "Id")

    answer = api.delete(f"/images/{image}")

    assert_status(answer, 409)
    assert [env.client.get(f"/images/{row}/json").status for row in (name, second)] == [200, 200]


@pytest.fixture
def parent_without_name(env):
    """The ids of an image that has lost its name, and of its child. Raises Unavailable where the engine keeps no such image."""
    base = import_image(env, b"parent")
    parent = env.adopt("image", at(env.get(f"/images/{base}/json"), "Id"))
    container = env.create_container("true", Image=base, HostConfig={"NetworkMode": "none"})
    child = commit_image(env, container)
    env.remove("container", container)
    env.client.delete(f"/images/{base}", {"force": 1, "noprune": 1})
    if env.client.get(f"/images/{parent}/json").status == 404:
        raise Unavailable("the engine keeps no parent that has no name")
    return parent, child


@since("reference/images-remove-noprune")
@pytest.mark.parametrize("noprune", [True, False], ids=["noprune", "prune"])
def test_parents_without_a_name_go_unless_noprune_keeps_them(api, env, parent_without_name, noprune):
    parent, child = parent_without_name

    answer = api.delete(f"/images/{child}", {"noprune": noprune})

    assert_status(answer, 200)
    assert becomes_true(lambda: (env.client.get(f"/images/{parent}/json").status == 200) is noprune, 2)


@since("reference/images-list-filters-combined")
def test_several_filters_leave_images_that_pass_each(api, tagged_image, image_without_name):
    label = ["dockerconf.kind=tagged"]

    both = list_ids(api, filters={"label": label, "dangling": ["false"]})
    neither = list_ids(api, filters={"label": label, "dangling": ["true"]})

    assert (tagged_image.id in both, image_without_name in both) == (True, False)
    assert not {tagged_image.id, image_without_name} & set(neither)


@since("reference/images-list-filters-combined")
def test_several_labels_leave_images_that_have_all_of_them(api, tagged_image):
    one = list_ids(api, filters={"label": ["dockerconf.kind=tagged", "dockerconf.kind"]})
    none = list_ids(api, filters={"label": ["dockerconf.kind=tagged", "dockerconf.nosuch"]})

    assert (tagged_image.id in one, tagged_image.id in none) == (True, False)


@since("reference/images-filter-label-signs")
@pytest.mark.parametrize("value", ["a=b", "two words", 'a"b', "a,b"], ids=repr)
def test_a_value_with_signs_leaves_the_image_that_has_it(api, env, value):
    def make():
        key = f"mark-{secrets.token_hex(4)}"
        container = env.create_container("true", HostConfig={"NetworkMode": "none"})
        names = [commit_image(env, container, **{key: label}) for label in (value, f"{value}-other")]
        return key, [at(env.get(f"/images/{name}/json"), "Id") for name in names]

    key, images = env.share(("images with a label", value), make)

    ids = list_ids(api, filters={"label": [f"{key}={value}"]})

    assert [image in ids for image in images] == [True, False]


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


@since("reference/images-remove-used-by-stopped")
def test_an_image_of_a_container_that_does_not_run_is_removed_only_with_force(api, env):
    name = import_image(env, b"used by a container that does not run")
    env.create_container("true", Image=name, HostConfig={"NetworkMode": "none"})

    refused = api.delete(f"/images/{name}")
    kept = env.client.get(f"/images/{name}/json").status
    forced = api.delete(f"/images/{name}", {"force": 1})

    assert (refused.status, kept, forced.status) == (409, 200, 200)
    assert_status(env.client.get(f"/images/{name}/json"), 404)


@since("reference/images-remove-by-id")
@pytest.mark.parametrize("length", [12, None], ids=["short id", "id"])
def test_an_image_of_one_name_is_removed_by_its_id(api, env, length):
    name = import_image(env, secrets.token_bytes(100))
    image = at(env.get(f"/images/{name}/json"), "Id")

    answer = api.delete(f"/images/{bare(image)[:length]}")

    assert_status(answer, 200)
    assert env.client.get(f"/images/{name}/json").status == 404


@since("reference/images-tag-by-id")
def test_an_image_is_tagged_by_its_id(api, env):
    image, name = image_id(env, import_image(env, b"tagged by its id")), env.reserve_name("image")
    repo, _, tag = name.rpartition(":")

    answer = api.post(f"/images/{image}/tag", {"repo": repo, "tag": tag})

    assert_status(answer, 201)
    assert image_id(env, name) == image


@since("reference/images-history-content")
def test_history_tells_sizes_comments_and_times(api, env, tagged_image):
    image = env.get(f"/images/{tagged_image.id}/json")
    created = int(datetime.fromisoformat(assert_type(image, "Created", str)).timestamp())

    rows = array(api.get(f"/images/{tagged_image.id}/history").json())

    assert at(rows[0], "Created") == created
    assert assert_type(rows[1], "Size", int) > 0
    assert at(rows[0], "Created") >= at(rows[1], "Created")


@pytest.fixture
def image_in_folders(env):
    """The name of an image that has two slashes, and its id."""

    def make():
        image = import_image(env, b"in folders")
        name = env.adopt("image", f"{env.prefix}folder/inner/{secrets.token_hex(4)}:1")
        repo, _, tag = name.rpartition(":")
        env.post(f"/images/{image}/tag", {"repo": repo, "tag": tag})
        return name

    return env.share("image with slashes in its name", make)


@since("reference/images-names-with-slashes")
@pytest.mark.parametrize("action", ["json", "history", "get"])
def test_an_image_whose_name_has_slashes_is_found(api, image_in_folders, action):
    answer = api.get(f"/images/{image_in_folders}/{action}")

    assert_status(answer, 200)


@since("reference/images-names-with-slashes")
def test_a_name_with_slashes_is_saved_among_others(api, image_in_folders):
    answer = api.get("/images/get", {"names": image_in_folders})

    assert_status(answer, 200)
    assert names_in(answer.body) == {image_in_folders}


@since("reference/images-names-with-slashes")
def test_a_name_with_slashes_is_given_and_removed(api, env):
    name = env.adopt("image", f"{env.prefix}folder/inner/{secrets.token_hex(4)}:1")
    repo, _, tag = name.rpartition(":")

    tagged = api.post(f"/images/{env.image}/tag", {"repo": repo, "tag": tag})
    found = env.client.get(f"/images/{name}/json").status
    again = api.post(f"/images/{name}/tag", {"repo": repo, "tag": tag})
    removed = api.delete(f"/images/{name}")

    assert (tagged.status, found, again.status, removed.status) == (201, 200, 201, 200)
    assert_status(env.client.get(f"/images/{name}/json"), 404)


@pytest.fixture
def image_of_a_step(env):
    """The id of an image that a build has made on its way. Raises Unavailable where the engine keeps none."""
    built = env.share(
        "image of two steps", lambda: build_image(env, build_contexts(env), "ENV A=one", "ENV B=two")
    )
    image = assert_type(env.get(f"/images/{built}/history"), (1, "Id"), str)
    if "missing" in image:
        raise Unavailable("the engine keeps no images of the steps of a build")
    return image


@since("reference/images-list-intermediate")
@pytest.mark.parametrize("query", [{}, {"all": 0}, {"all": 1}], ids=str)
def test_images_of_the_steps_of_a_build_are_listed_only_with_all(api, image_of_a_step, query):
    listed = list_ids(api, **query)

    assert (image_of_a_step in listed) is bool(query.get("all"))


@since("reference/images-remove-force-running")
def test_an_image_of_a_running_container_stays_in_spite_of_force(api, env):
    name = build_image(env, build_contexts(env), "ENV USED=yes")
    image = at(env.get(f"/images/{name}/json"), "Id")
    holder = env.create_container("sleep", "86400", start=True, Image=name, **KILLED_ON_STOP)

    answer = api.delete(f"/images/{image}", {"force": 1})

    assert_status(answer, 409)
    assert at(env.get(f"/containers/{holder}/json"), "State", "Running") is True
    assert_status(env.client.get(f"/images/{image}/json"), 200)


@since("reference/images-remove-running-by-id")
def test_an_image_of_a_running_container_is_not_removed_by_its_id(api, env):
    image = at(env.get(f"/images/{image_in_use(env)}/json"), "Id")

    answer = api.delete(f"/images/{image}")

    assert_status(answer, 409)
    assert_success(env.client.get(f"/images/{image}/json"))


@since("reference/images-freed")
def test_an_image_is_removed_once_its_container_is_gone(api, env):
    image = commit_image(env, env.create_container("true", HostConfig={"NetworkMode": "none"}))
    container = env.create_container("sleep", "86400", start=True, Image=image)
    env.require(env.client.delete(f"/containers/{container}", {"force": 1}))

    answer = api.delete(f"/images/{image}")

    assert_status(answer, 200)
    assert_status(env.client.get(f"/images/{image}/json"), 404)


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


@since("reference/images-history-without-date")
def test_history_of_an_image_without_a_date_is_shown(api, image_without_date):
    answer = api.get(f"/images/{image_without_date}/history")

    assert_status(answer, 200)
    assert len(array(answer.json())) == 1


@since("reference/images-prune-filters-combined")
def test_prune_removes_what_both_filters_choose(spare_engine):
    env = spare_engine.env
    mark = f"mark-{secrets.token_hex(4)}"
    named, other = (
        build_image(env, build_contexts(env), f"LABEL {label}=1") for label in (mark, f"{mark}.other")
    )

    answer = spare_engine.api.post("/images/prune", {"filters": {"dangling": ["false"], "label": [mark]}})

    assert_status(answer, 200)
    assert [env.client.get(f"/images/{name}/json").status for name in (named, other)] == [404, 200]


@since("reference/images-prune-label-not")
def test_prune_removes_an_image_without_any_label_where_a_label_is_excluded(spare_engine):
    api, env, _ = spare_engine
    answer = env.post(
        "/images/create", {"fromSrc": "-"}, body=pack(Member("file", b"no label\n")), headers=TAR
    )
    image = env.adopt("image", assert_type(answer.messages()[-1], "status", str))

    pruned = api.post("/images/prune", {"filters": {"label!": [f"key-{secrets.token_hex(4)}"]}})

    assert_status(pruned, 200)
    assert_status(env.client.get(f"/images/{image}/json"), 404)


@pytest.fixture
def unnamed_image(env):
    """The id of an image that has no name."""

    def make():
        container = env.create_container("true", HostConfig={"NetworkMode": "none"})
        return at(env.post("/commit", {"container": container}, json={"Labels": env.labels}).json(), "Id")

    return env.share("committed image without a name", make)


@since("reference/images-inspect-unnamed")
@pytest.mark.parametrize("member", ["RepoTags", "RepoDigests"])
def test_an_image_without_a_name_has_empty_lists_of_names(api, unnamed_image, member):
    document = api.get(f"/images/{unnamed_image}/json").json()

    assert at(document, member) == []


@since("reference/images-history-unnamed")
def test_the_history_of_an_image_without_a_name_is_shown(api, unnamed_image):
    answer = api.get(f"/images/{unnamed_image}/history")

    assert_status(answer, 200)
    assert bare(at(answer.json(), 0, "Id")) == bare(unnamed_image)


@since("reference/images-remove-unnamed")
def test_an_image_without_a_name_is_deleted_and_not_untagged(api, env):
    container = env.create_container("true", HostConfig={"NetworkMode": "none"})
    image = at(env.post("/commit", {"container": container}, json={"Labels": env.labels}).json(), "Id")
    env.require(env.client.delete(f"/containers/{container}"))

    answer = api.delete(f"/images/{image}")

    assert_status(answer, 200)
    rows = array(answer.json())
    assert read_untagged(rows) == []
    assert bare(image) in [bare(at(row, "Deleted")) for row in rows]


@since("reference/images-history-own-names")
def test_names_of_an_image_stand_in_its_own_row_of_the_history(api, tagged_image):
    rows = array(api.get(f"/images/{tagged_image.id}/history").json())

    parents = [familiar_name(name) for row in rows[1:] for name in at(row, "Tags") or []]
    assert not set(parents) & set(tagged_image.names)


@since("reference/images-filter-reference-several")
def test_several_references_leave_the_images_of_each(api, env, tagged_image):
    other = env.share("image with another reference", lambda: import_image(env, b"other reference"))

    rows = array(api.get("/images/json", {"filters": {"reference": [tagged_image.names[0], other]}}).json())

    listed = {familiar_name(name) for row in rows for name in at(row, "RepoTags") or []}
    assert (tagged_image.names[0] in listed, other in listed, env.image_name in listed) == (True, True, False)


@since("reference/images-filter-label-committed")
def test_the_filter_label_finds_an_image_that_was_committed(api, env):
    mark = f"mark-{secrets.token_hex(4)}"
    container = env.create_container("true", HostConfig={"NetworkMode": "none"})
    name = commit_image(env, container, **{mark: "1"})
    image = at(env.get(f"/images/{name}/json"), "Id")

    rows = array(api.get("/images/json", {"filters": {"label": [f"{mark}=1"]}}).json())

    assert [at(row, "Id") for row in rows] == [image]


@since("reference/images-list-order")
def test_the_newest_image_is_listed_first(api, env):
    def make():
        images = []
        for number in range(2):
            # The daemon counts the time of creation in seconds.
            time.sleep(1.1 * number)
            images.append(at(env.get(f"/images/{import_image(env, secrets.token_bytes(100))}/json"), "Id"))
        return images

    images = env.share("images in sequence", make)

    listed = [image for image in list_ids(api) if image in images]

    assert listed == images[::-1]


@since("reference/images-history-steps")
def test_history_tells_the_step_that_made_each_layer(api, env):
    name = env.share(
        "image of a setting and a file",
        lambda: build_image(env, build_contexts(env), "ENV COLOUR=red", "COPY Dockerfile /copied"),
    )

    rows = array(api.get(f"/images/{name}/history").json())

    shown = assert_type(rows, (0, "CreatedBy"), str)
    assert "COPY" in shown and "/copied" in shown
    assert "ENV COLOUR=red" in assert_type(rows, (1, "CreatedBy"), str)
