"""Images, as API v1.50 changed them: what is no part of their configuration is left out, and one platform is removed."""

import pytest

from conformance import ABSENT, array, assert_status, at, before, since
from fixtures.images import describe_platform

#: Members of Config that say something of containers only, and what older versions answer.
MEMBERS = {
    "Hostname": "",
    "Domainname": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Image": "",
}


@since("1.50/images-inspect-config")
@pytest.mark.parametrize("member", [*MEMBERS, "NetworkDisabled", "MacAddress", "StopTimeout"])
def test_member_is_left_out(api, env, member):
    document = api.get(f"/images/{env.image}/json").json()

    assert at(document, "Config", member) is ABSENT


@before("1.50/images-inspect-config")
@pytest.mark.parametrize("member", MEMBERS)
def test_member_is_empty(api, env, member):
    document = api.get(f"/images/{env.image}/json").json()

    assert at(document, "Config", member) == MEMBERS[member]


@since("1.50/images-delete-platforms")
def test_only_the_content_of_the_platform_is_removed(containerd_engine, load_image, platforms):
    image = load_image()

    query = {"platforms": describe_platform(platforms.foreign), "force": 1}
    answer = containerd_engine.api.delete(f"/images/{image.name}", query)

    assert_status(answer, 200)
    found = containerd_engine.env.client.get(f"/images/{image.name}/json", {"manifests": 1})
    assert_status(found, 200)
    available = {at(row, "ID"): at(row, "Available") for row in array(found.json(), "Manifests")}
    assert available[image.manifests[platforms.own]] is True
    assert available.get(image.manifests[platforms.foreign]) is not True
