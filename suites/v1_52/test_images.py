"""Images, as API v1.52 changed them: several platforms to save and to load, and what an inspection leaves out."""

import json

import pytest

from conformance import ABSENT, assert_status, at, before, since
from conformance.testing import TAR, import_image, unpack
from fixtures.images import describe_platform


@pytest.fixture
def two_platforms(platforms):
    """A query that names the platform of the daemon's host twice."""
    platform = json.dumps(describe_platform(platforms.own), separators=(",", ":"))
    return f"platform={platform}&platform={platform}"


@since("1.52/save-platforms")
def test_image_is_saved_for_several_platforms(api, env, two_platforms):
    answer = api.get(f"/images/{env.image_name}/get?{two_platforms}")

    assert_status(answer, 200)
    assert "manifest.json" in unpack(answer.body)


@before("1.52/save-platforms")
def test_saving_for_several_platforms_is_refused(api, env, two_platforms):
    assert_status(api.get(f"/images/{env.image_name}/get?{two_platforms}"), 400)


@pytest.fixture
def archive(env):
    """The archive of an image of this run."""
    return env.share("archive to load", lambda: env.client.get(f"/images/{env.image_name}/get").body)


@since("1.52/load-platforms")
def test_image_is_loaded_for_several_platforms(api, archive, two_platforms):
    assert_status(api.post(f"/images/load?{two_platforms}", body=archive, headers=TAR), 200)


@before("1.52/load-platforms")
def test_loading_for_several_platforms_is_refused(api, archive, two_platforms):
    assert_status(api.post(f"/images/load?{two_platforms}", body=archive, headers=TAR), 400)


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
