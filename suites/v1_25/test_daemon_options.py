"""What only a daemon with an option shows, as API v1.25 documents it."""

import pytest

from conformance import at, since


@since("1.25/info-securityoptions-userns")
def test_security_options_name_user_namespaces(api, remapping_engine):
    with_option = at(remapping_engine.api.get("/info").json(), "SecurityOptions")
    without = at(api.get("/info").json(), "SecurityOptions")

    assert ("name=userns" in with_option, "name=userns" in without) == (True, False)


@since("1.25/headers-experimental-on")
@pytest.mark.parametrize("path", ["/info", "/containers/nosuch/json"])
def test_header_tells_of_experimental_features(configured_engine, path):
    answer = configured_engine.api.get(path)

    assert answer.header("Docker-Experimental") == "true"


@since("1.25/info-experimentalbuild")
def test_info_tells_of_experimental_features(configured_engine):
    document = configured_engine.api.get("/info").json()

    assert at(document, "ExperimentalBuild") is True
