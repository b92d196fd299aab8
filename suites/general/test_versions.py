"""Which version answers: with a prefix, and without one."""

import pytest

from conformance import ABSENT, always, at

CLOCKS = ("SystemTime", "NFd", "NGoroutines", "NEventsListener", "Containers", "ContainersRunning", "ContainersStopped", "Images")


@always("general/unversioned-is-newest")
def test_info_is_that_of_the_newest_version(api, daemon):
    unversioned = api.at(None).get("/info").json()
    newest = api.at(daemon.newest).get("/info").json()

    steady = [{name: value for name, value in info.items() if name not in CLOCKS} for info in (unversioned, newest)]
    assert steady[0] == steady[1]


@always("general/path-selects-the-version")
@pytest.mark.parametrize("path", ["/info", "/version", "/containers/json", "/images/json"])
def test_the_version_is_served(api, path):
    answer = api.get(path)

    assert answer.status == 200


@always("general/path-selects-the-version")
@pytest.mark.parametrize("segment", ["vX.Y", "v", "v1", "v1.", "1.19", "v-1.19"])
def test_a_malformed_version_is_no_version(api, segment):
    answer = api.at(None).get(f"/{segment}/info")

    assert 400 <= answer.status < 500


@always("general/path-selects-the-version")
def test_the_newest_version_is_named(api, daemon):
    named = at(api.get("/version").json(), "ApiVersion")

    assert named is not ABSENT
    assert named == str(daemon.newest)
