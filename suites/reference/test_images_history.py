"""GET /images/(name)/history."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from conformance.testing import (
    build_contexts,
    build_image,
    familiar_name,
)
from fixtures.images import bare
from fixtures.times import read_time


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


@since("reference/images-history-content")
def test_history_tells_sizes_comments_and_times(api, env, tagged_image):
    image = env.get(f"/images/{tagged_image.id}/json")
    created = int(read_time(image, "Created").timestamp())

    rows = array(api.get(f"/images/{tagged_image.id}/history").json())

    assert at(rows[0], "Created") == created
    assert assert_type(rows[1], "Size", int) > 0
    assert at(rows[0], "Created") >= at(rows[1], "Created")


@since("reference/images-history-without-date")
def test_history_of_an_image_without_a_date_is_shown(api, image_without_date):
    answer = api.get(f"/images/{image_without_date}/history")

    assert_status(answer, 200)
    assert len(array(answer.json())) == 1


@since("reference/images-history-unnamed")
def test_the_history_of_an_image_without_a_name_is_shown(api, unnamed_image):
    answer = api.get(f"/images/{unnamed_image}/history")

    assert_status(answer, 200)
    assert bare(at(answer.json(), 0, "Id")) == bare(unnamed_image)


@since("reference/images-history-own-names")
def test_names_of_an_image_stand_in_its_own_row_of_the_history(api, tagged_image):
    rows = array(api.get(f"/images/{tagged_image.id}/history").json())

    parents = [familiar_name(name) for row in rows[1:] for name in at(row, "Tags") or []]
    assert not set(parents) & set(tagged_image.names)


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
