"""What only a daemon with an option shows, as API v1.25 documents it."""

import pytest

from conformance import assert_status, assert_type, at, since


@since("1.25/info-securityoptions-userns")
def test_security_options_name_user_namespaces(api, remapping_engine):
    with_option = assert_type(remapping_engine.api.get("/info").json(), "SecurityOptions", list)
    without = assert_type(api.get("/info").json(), "SecurityOptions", list)

    assert ("name=userns" in with_option, "name=userns" in without) == (True, False)


@since("1.25/headers-experimental-on")
@pytest.mark.parametrize(("path", "status"), [("/info", 200), ("/containers/nosuch/json", 404)])
def test_header_tells_of_experimental_features(configured_engine, path, status):
    answer = configured_engine.api.get(path)

    assert_status(answer, status)
    assert answer.header("Docker-Experimental") == "true"


@since("1.25/info-experimentalbuild")
def test_info_tells_of_experimental_features(configured_engine):
    document = configured_engine.api.get("/info").json()

    assert at(document, "ExperimentalBuild") is True
