"""A path that asks for a version the daemon does not have, as API v1.19 changed it."""

import pytest

from conformance import before, since

ROUTES = [("GET", "/info"), ("GET", "/containers/json"), ("POST", "/containers/create")]


def newer_than(daemon):
    return daemon.newest._replace(minor=daemon.newest.minor + 1)


@since("1.19/version-mismatch")
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_newer_client_is_refused_with_400(api, daemon, method, path):
    answer = api.at(newer_than(daemon)).request(method, path, json={} if method == "POST" else None)

    assert answer.status == 400


@since("1.19/version-mismatch")
@pytest.mark.parametrize("version", ["9.99", "1.1000"])
def test_much_newer_client_is_refused_with_400(api, version):
    answer = api.at(version).get("/info")

    assert answer.status == 400


@before("1.19/version-mismatch")
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_newer_client_is_refused_with_404(api, daemon, method, path):
    answer = api.at(newer_than(daemon)).request(method, path, json={} if method == "POST" else None)

    assert answer.status == 404


@since("1.19/version-too-old")
def test_older_client_is_refused_with_400(api, daemon):
    too_old = daemon.oldest._replace(minor=daemon.oldest.minor - 1)

    answer = api.at(too_old).get("/info")

    assert answer.status == 400
