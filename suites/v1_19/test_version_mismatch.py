"""A path that asks for a version the daemon does not have, as API v1.19 changed it."""

import pytest

from conformance import assert_status, before, since
from conformance.testing import Unavailable, load_catalogue

ROUTES = [("GET", "/info"), ("GET", "/containers/json"), ("POST", "/containers/create")]
IDS = ["info", "list", "create"]


@pytest.fixture
def newer(daemon):
    """The version after the newest that the daemon serves."""
    return daemon.newest.next_minor()


@pytest.fixture
def older(daemon):
    """The version before the oldest that the daemon serves."""
    if daemon.oldest.minor == 0:
        raise Unavailable(f"the daemon serves {daemon.oldest}, and there is no version just before it")
    return daemon.oldest.previous_minor()


@pytest.fixture
def daemon_of_an_older_api(daemon):
    """Requires a daemon from before the change: a refused version selects no behaviour of an older one."""
    change = load_catalogue()["1.19/version-mismatch"]
    if daemon.newest in change.window:
        raise Unavailable(f"the daemon's own API is {daemon.newest}, not below {change.since}")


@since("1.19/version-mismatch")
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=IDS)
def test_newer_client_is_refused_with_400(api, newer, method, path):
    answer = api.at(newer).request(method, path, json={} if method == "POST" else None)

    assert_status(answer, 400)


@since("1.19/version-mismatch")
@pytest.mark.parametrize("version", ["9.99", "1.1000"])
def test_much_newer_client_is_refused_with_400(api, version):
    answer = api.at(version).get("/info")

    assert_status(answer, 400)


@before("1.19/version-mismatch")
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=IDS)
@pytest.mark.usefixtures("daemon_of_an_older_api")
def test_newer_client_is_refused_with_404(api, newer, method, path):
    answer = api.at(newer).request(method, path, json={} if method == "POST" else None)

    assert_status(answer, 404)


@since("1.19/version-too-old")
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=IDS)
def test_older_client_is_refused_with_400(api, older, method, path):
    answer = api.at(older).request(method, path, json={} if method == "POST" else None)

    assert_status(answer, 400)
