"""GET /images/json and its filters, and the filters of a prune."""

import secrets
import time
from datetime import datetime

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import (
    TAR,
    Member,
    Unavailable,
    build_contexts,
    build_image,
    commit_image,
    familiar_name,
    import_image,
    pack,
)
from fixtures.images import bare, commit_unnamed_image
from fixtures.parameters import FALSE, SIGNS, TRUE
from fixtures.rows import list_ids


def get_row(api, image, **query):
    """The one row of an image in the list."""
    rows = [row for row in array(api.get("/images/json", query).json()) if at(row, "Id") == image]
    assert len(rows) == 1, f"expected one row of the image, got {len(rows)}"
    return rows[0]


@since("reference/images-list-row")
def test_row_has_every_name_of_the_image(api, tagged_image):
    row = get_row(api, tagged_image.id)

    assert sorted(map(familiar_name, array(row, "RepoTags"))) == sorted(tagged_image.names)


@since("reference/images-list-row")
def test_row_has_the_time_of_creation_in_unix_seconds(api, env, tagged_image):
    created = datetime.fromisoformat(at(env.get(f"/images/{tagged_image.id}/json"), "Created"))

    row = get_row(api, tagged_image.id)

    assert assert_type(row, "Created", int) == int(created.timestamp())


@since("reference/images-list-row")
def test_row_has_the_size(api, env, tagged_image):
    size = at(env.get(f"/images/{tagged_image.id}/json"), "Size")

    row = get_row(api, tagged_image.id)

    assert assert_type(row, "Size", int) > 0
    assert at(row, "Size") == size


@since("reference/images-list-virtual-size")
def test_row_has_the_size_with_all_layers(api, tagged_image):
    row = get_row(api, tagged_image.id)

    assert assert_type(row, "VirtualSize", int) > 0


@since("reference/images-list-parent")
def test_row_has_the_id_of_the_parent(api, tagged_image):
    row = get_row(api, tagged_image.id)

    assert bare(assert_type(row, "ParentId", str)) == tagged_image.parent


@since("reference/images-list-filter-dangling")
def test_dangling_leaves_images_without_a_name(api, image_without_name, tagged_image):
    listed = list_ids(api, "/images/json", filters={"dangling": ["true"]})

    assert (image_without_name in listed, tagged_image.id in listed) == (True, False)


@since("reference/images-list-filter-dangling")
def test_dangling_false_leaves_images_with_a_name(api, image_without_name, tagged_image):
    listed = list_ids(api, "/images/json", filters={"dangling": ["false"]})

    assert (image_without_name in listed, tagged_image.id in listed) == (False, True)


@since("reference/images-list-filter-name")
@pytest.mark.parametrize("tagged", [True, False], ids=["with the tag", "without the tag"])
def test_filter_leaves_images_of_that_name(api, env, tagged_image, tagged):
    name = tagged_image.names[0]
    other = at(env.get(f"/images/{env.image}/json"), "Id")

    listed = list_ids(api, "/images/json", filter=name if tagged else name.rpartition(":")[0])

    assert (tagged_image.id in listed, other in listed) == (True, False)


@since("reference/images-list-filter-registry")
@pytest.mark.parametrize("tagged", [True, False], ids=["with the tag", "without the tag"])
def test_a_name_to_filter_by_may_begin_with_a_registry(api, env, tagged_image, tagged):
    name = env.adopt("image", f"registry.test:5000/{secrets.token_hex(6)}/image:1")
    repo, _, tag = name.rpartition(":")
    env.post(f"/images/{env.image}/tag", {"repo": repo, "tag": tag})
    image = at(env.get(f"/images/{name}/json"), "Id")

    listed = list_ids(api, "/images/json", filter=name if tagged else repo)

    assert (image in listed, tagged_image.id in listed) == (True, False)


@since("reference/images-list-all")
@pytest.mark.parametrize("query", [{}, *({"all": value} for value in (*TRUE, *FALSE))], ids=str)
def test_an_image_with_a_name_is_listed_whatever_all_says(api, tagged_image, query):
    assert tagged_image.id in list_ids(api, "/images/json", **query)


@since("reference/images-list-filters-combined")
def test_several_filters_leave_images_that_pass_each(api, tagged_image, image_without_name):
    label = ["dockerconf.kind=tagged"]

    both = list_ids(api, "/images/json", filters={"label": label, "dangling": ["false"]})
    neither = list_ids(api, "/images/json", filters={"label": label, "dangling": ["true"]})

    assert (tagged_image.id in both, image_without_name in both) == (True, False)
    assert not {tagged_image.id, image_without_name} & set(neither)


@since("reference/images-list-filters-combined")
def test_several_labels_leave_images_that_have_all_of_them(api, tagged_image):
    one = list_ids(api, "/images/json", filters={"label": ["dockerconf.kind=tagged", "dockerconf.kind"]})
    none = list_ids(api, "/images/json", filters={"label": ["dockerconf.kind=tagged", "dockerconf.nosuch"]})

    assert (tagged_image.id in one, tagged_image.id in none) == (True, False)


@since("reference/images-filter-label-signs")
@pytest.mark.parametrize("value", SIGNS, ids=repr)
def test_a_value_with_signs_leaves_the_image_that_has_it(api, env, value):
    def make():
        key = f"mark-{secrets.token_hex(4)}"
        container = env.create_container("true", HostConfig={"NetworkMode": "none"})
        names = [commit_image(env, container, **{key: label}) for label in (value, f"{value}-other")]
        return key, [at(env.get(f"/images/{name}/json"), "Id") for name in names]

    key, images = env.share(("images with a label", value), make)

    ids = list_ids(api, "/images/json", filters={"label": [f"{key}={value}"]})

    assert [image in ids for image in images] == [True, False]


@pytest.fixture
def image_of_a_step(env):
    """The id of an intermediate image of a build. Raises Unavailable where the engine keeps none."""
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
    listed = list_ids(api, "/images/json", **query)

    assert (image_of_a_step in listed) is bool(query.get("all"))


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


@since("reference/images-prune-used")
@pytest.mark.parametrize("dangling", ["true", "false"])
def test_prune_leaves_the_images_of_containers_that_do_not_run(spare_engine, dangling):
    env = spare_engine.env
    mark = f"mark-{secrets.token_hex(4)}"
    images = [commit_unnamed_image(env, {**env.labels, mark: number}) for number in ("used", "unused")]
    named = env.tag_image(images[0]) if dangling == "false" else images[0]
    env.create_container("true", Image=named, HostConfig={"NetworkMode": "none"})

    answer = spare_engine.api.post("/images/prune", {"filters": {"dangling": [dangling], "label": [mark]}})

    assert_status(answer, 200)
    assert [env.client.get(f"/images/{image}/json").status for image in images] == [200, 404]


@since("reference/images-prune-label-not")
def test_prune_removes_an_image_without_any_label_where_a_label_is_excluded(spare_engine):
    api, env, _ = spare_engine
    answer = env.post(
        "/images/create", {"fromSrc": "-"}, body=pack(Member("file", b"no label\n")), headers=TAR
    )
    image = env.adopt("image", assert_type(answer.messages(), (-1, "status"), str))

    pruned = api.post("/images/prune", {"filters": {"label!": [f"key-{secrets.token_hex(4)}"]}})

    assert_status(pruned, 200)
    assert_status(env.client.get(f"/images/{image}/json"), 404)


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

    listed = [image for image in list_ids(api, "/images/json") if image in images]

    assert listed == images[::-1]
