"""GET /images/(name)/json, as API v1.50 changed it: what is no part of an image's configuration is left out."""

import pytest

from conformance import ABSENT, at, before, since

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
