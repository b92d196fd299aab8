"""GET /images/json, as API v1.43 changed it: images without a name."""

from conformance import at, before, since


def row_of(rows, image):
    found = [row for row in rows if at(row, "Id") == image]
    assert found, f"expected the image {image} in the list"
    return found[0]


@since("1.43/images-no-placeholders")
def test_names_of_an_image_without_one_are_empty(api, image_without_name):
    row = row_of(api.get("/images/json").json(), image_without_name)

    assert (at(row, "RepoTags"), at(row, "RepoDigests")) == ([], [])


@before("1.43/images-no-placeholders")
def test_names_of_an_image_without_one_are_placeholders(api, image_without_name):
    row = row_of(api.get("/images/json").json(), image_without_name)

    assert (at(row, "RepoTags"), at(row, "RepoDigests")) == (["<none>:<none>"], ["<none>@<none>"])
