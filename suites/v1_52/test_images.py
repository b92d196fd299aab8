"""Images, as API v1.52 changed them: several platforms to save and to load, and what an inspection leaves out."""

import pytest

from conformance import ABSENT, assert_status, at, since
from conformance.testing import TAR, import_image, unpack


@since("1.52/save-platforms")
def test_image_is_saved_for_several_platforms(api, env, two_platforms):
    answer = api.get(f"/images/{env.image_name}/get?{two_platforms}")

    assert_status(answer, 200)
    assert "manifest.json" in unpack(answer.body)


@since("1.52/load-platforms")
def test_image_is_loaded_for_several_platforms(api, archive_to_load, two_platforms):
    assert_status(api.post(f"/images/load?{two_platforms}", body=archive_to_load, headers=TAR), 200)


@pytest.fixture
def bare_image(env):
    """The name of an image of which nothing but its content is set."""
    return env.share("bare image", lambda: import_image(env, b"bare"))


@since("1.52/image-config-omits")
@pytest.mark.parametrize(
    "member", ["Cmd", "Entrypoint", "Env", "Labels", "OnBuild", "User", "Volumes", "WorkingDir"]
)
def test_member_that_is_not_set_is_left_out(api, bare_image, member):
    document = api.get(f"/images/{bare_image}/json").json()

    assert at(document, "Config", member) is ABSENT


@since("1.52/image-inspect-omits")
@pytest.mark.parametrize("member", ["Parent", "Comment", "DockerVersion", "Author"])
def test_empty_member_is_left_out(api, bare_image, member):
    document = api.get(f"/images/{bare_image}/json").json()

    assert at(document, member) != ""
