"""GET /images/(name)/json, as API v1.21 changed it: the digests of an image that a registry holds."""

from conformance import at, since


@since("1.21/image-inspect-repodigests")
def test_inspect_shows_the_digest(api, shelf, offered):
    number = shelf.pull(offered[0])

    image = api.get(f"/images/{number}/json").json()

    digests = at(image, "RepoDigests")
    assert isinstance(digests, list)
    assert f"{offered[0].rpartition(':')[0]}@{shelf.digest(offered[0])}" in digests
