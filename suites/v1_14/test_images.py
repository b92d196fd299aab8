"""POST /images/create, as API v1.14 changed it: names with a tag."""

import pytest

from conformance import assert_progress_fails, assert_progress_succeeds, since
from conformance.testing import TAR, Member, pack, read_image_file

BODY = pack(Member("file", b"imported\n"))


@pytest.fixture
def names(env):
    """Names of one repository with different tags; latest, the default of engines, is removed as well."""
    first = env.reserve_name("image")
    repo = first.rpartition(":")[0]
    return [first, *(env.adopt("image", f"{repo}:{tag}") for tag in ("v1.2_3-x", "latest"))]


@since("1.14/import-takes-repo-with-tag")
@pytest.mark.parametrize("number", [0, 1], ids=["a digit", "a longer one"])
def test_repo_with_a_tag_names_the_image(api, env, names, number):
    answer = api.post("/images/create", {"fromSrc": "-", "repo": names[number]}, body=BODY, headers=TAR)

    assert_progress_succeeds(answer)
    assert read_image_file(env, names[number], "/file") == "imported\n"
    assert existing(env, names) == [names[number]]


@since("1.14/import-with-two-tags-is-an-error")
def test_a_second_tag_is_an_error(api, env, names):
    tag = names[1].rpartition(":")[2]

    answer = api.post(
        "/images/create", {"fromSrc": "-", "repo": names[0], "tag": tag}, body=BODY, headers=TAR
    )

    assert_progress_fails(answer)
    assert existing(env, names) == []


@since("1.14/tag-parameter-still-works")
def test_the_tag_parameter_names_the_tag(api, env, names):
    repo, _, tag = names[0].rpartition(":")

    answer = api.post("/images/create", {"fromSrc": "-", "repo": repo, "tag": tag}, body=BODY, headers=TAR)

    assert_progress_succeeds(answer)
    assert read_image_file(env, names[0], "/file") == "imported\n"
    assert existing(env, names) == [names[0]]


def existing(env, names):
    return [name for name in names if env.client.get(f"/images/{name}/json").ok]
