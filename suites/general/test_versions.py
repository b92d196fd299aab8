"""Which version answers with a prefix and without one."""

import pytest

from conformance import assert_alive, assert_status, assert_type, at, since
from conformance.testing import load_catalogue


def form(value):
    """The form of a JSON document: names, types, and the forms of array elements.

    Null stands for any form, and an empty array for one of any elements.
    """
    if isinstance(value, dict):
        return {name: form(member) for name, member in value.items()}
    if isinstance(value, list):
        return [form(element) for element in value]
    return None if value is None else type(value).__name__


def agree(left, right):
    """Whether two forms can belong to one kind of document."""
    if left is None or right is None:
        return True
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(agree(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return all(agree(one, other) for one, other in zip(left, right, strict=False))
    return left == right


@pytest.fixture
def unstarted_container(env):
    """The id of a container with a volume that never starts: nothing in its document changes."""
    name = env.share(
        "a container with a volume",
        lambda: env.create_container(Volumes={"/data": {}}, HostConfig={"NetworkMode": "none"}),
    )
    return env.get(f"/containers/{name}/json")["Id"]


@since("general/unversioned-is-newest")
def test_inspect_is_that_of_the_newest_version(api, daemon, unstarted_container):
    unversioned = api.at(None).get(f"/containers/{unstarted_container}/json").json()

    assert unversioned == api.at(daemon.newest).get(f"/containers/{unstarted_container}/json").json()


@since("general/unversioned-is-newest")
@pytest.mark.parametrize("path", ["/info", "/version"])
def test_form_is_that_of_the_newest_version(api, daemon, path):
    unversioned = form(api.at(None).get(path).json())

    newest = form(api.at(daemon.newest).get(path).json())
    assert agree(unversioned, newest), f"expected {newest}, got {unversioned}"


@since("general/path-selects-the-version")
@pytest.mark.parametrize("path", ["/info", "/version", "/containers/json", "/images/json"])
def test_the_version_is_served(api, path):
    answer = api.get(path)

    assert_status(answer, 200)


@since("general/path-selects-the-form")
def test_inspect_has_the_form_of_the_version(api, api_version, unstarted_container):
    change = load_catalogue()["1.20/inspect-mounts"]
    member, kind = ("Mounts", list) if api_version in change.window else ("Volumes", dict)

    document = api.get(f"/containers/{unstarted_container}/json").json()

    assert "/data" in str(assert_type(document, member, kind))


@since("general/version-names-the-newest")
def test_the_newest_version_is_named(api, daemon):
    named = at(api.get("/version").json(), "ApiVersion")

    assert named == str(daemon.newest)
    assert_alive(api.at(named))


@since("general/malformed-version-is-none")
@pytest.mark.unrouted
@pytest.mark.parametrize(
    "segment", ["vX.Y", "v", "v1", "v1.", "v.19", "1.19", "v-1.19", "v1.19x", "v1,19", "V1.19"]
)
def test_a_malformed_version_is_refused(api, segment):
    answer = api.at(None).get(f"/{segment}/info")

    assert 400 <= answer.status < 500
    assert_alive(api)
