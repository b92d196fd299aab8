"""GET /distribution/(name)/json, which API v1.30 added."""

import pytest

from conformance import array, assert_status, assert_type, at, since


@pytest.fixture
def pushed(env, registry):
    """The name of an image that the registry has and the daemon does not."""
    return env.share("image at the registry", lambda: registry.push_new("1")[0])


@since("1.30/distribution-descriptor")
def test_descriptor_is_that_of_the_registry(api, registry, pushed):
    answer = api.get(f"/distribution/{pushed}/json", headers=registry.auth_header())

    descriptor = assert_type(answer.json(), "Descriptor", dict)
    assert at(descriptor, "digest") == registry.digest(pushed)
    assert "manifest" in assert_type(descriptor, "mediaType", str)
    assert assert_type(descriptor, "size", int) > 0


@since("1.30/distribution-platforms")
def test_platforms_are_those_of_the_image(api, env, registry, pushed):
    image = env.get(f"/images/{env.image}/json")

    answer = api.get(f"/distribution/{pushed}/json", headers=registry.auth_header())

    platforms = array(answer.json(), "Platforms")
    assert [(at(row, "os"), at(row, "architecture")) for row in platforms] == [
        (at(image, "Os"), at(image, "Architecture"))
    ]


@since("1.30/distribution-refused")
def test_refused_credentials_are_unauthorized(api, registry, pushed):
    answer = api.get(f"/distribution/{pushed}/json", headers=registry.auth_header(username="another"))

    assert_status(answer, 401)


@since("1.30/distribution-unknown-image")
def test_an_unknown_image_is_unauthorized(api, registry, pushed):
    answer = api.get(f"/distribution/{pushed}-unknown/json", headers=registry.auth_header())

    assert_status(answer, 401)
