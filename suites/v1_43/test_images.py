"""GET /images/json, as API v1.43 changed it: images without a name."""

from conformance import at, before, since
from fixtures.rows import find_row


@since("1.43/images-no-placeholders")
def test_names_of_an_image_without_one_are_empty(api, image_without_name):
    row = find_row(api.get("/images/json").json(), "Id", image_without_name)

    assert (at(row, "RepoTags"), at(row, "RepoDigests")) == ([], [])


@before("1.43/images-no-placeholders")
def test_names_of_an_image_without_one_are_placeholders(api, image_without_name):
    row = find_row(api.get("/images/json").json(), "Id", image_without_name)

    assert (at(row, "RepoTags"), at(row, "RepoDigests")) == (["<none>:<none>"], ["<none>@<none>"])
