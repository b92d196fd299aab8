"""Images by names with slashes, their tags and their removal, as the references describe them."""

import secrets

import pytest

from conformance import ABSENT, array, assert_status, assert_success, assert_type, at, since
from conformance.testing import (
    KILLED_ON_STOP,
    Unavailable,
    becomes_true,
    build_contexts,
    build_image,
    commit_image,
    familiar_name,
    image_in_use,
    import_image,
)
from fixtures.images import bare, names_in
from fixtures.parameters import TRUE


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
    assert becomes_true(lambda: (env.client.get(f"/images/{parent}/json").status == 200) is noprune, 10)


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


@since("reference/images-remove-unnamed")
def test_an_image_without_a_name_is_deleted_and_not_untagged(api, env):
    container = env.create_container("true", HostConfig={"NetworkMode": "none"})
    answer = env.post("/commit", {"container": container}, json={"Labels": env.labels})
    image = env.adopt("image", at(answer.json(), "Id"))
    env.require(env.client.delete(f"/containers/{container}"))

    answer = api.delete(f"/images/{image}")

    assert_status(answer, 200)
    rows = array(answer.json())
    assert read_untagged(rows) == []
    assert bare(image) in [bare(at(row, "Deleted")) for row in rows]


@since("reference/images-remove-parent")
def test_the_name_of_a_parent_is_removed_alone(api, env):
    parent = import_image(env, secrets.token_bytes(16))
    container = env.create_container("true", Image=parent, HostConfig={"NetworkMode": "none"})
    child = commit_image(env, container)
    env.remove("container", container)

    answer = api.delete(f"/images/{parent}")

    assert_status(answer, 200)
    assert parent in read_untagged(array(answer.json()))
    assert [env.client.get(f"/images/{name}/json").status for name in (parent, child)] == [404, 200]
