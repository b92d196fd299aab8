"""What a registry has to do with images, as API v1.21 changed it: the digests of an image, and a pull by one."""

from conformance import at, since
from conformance.http.progress_stream import failure


@since("1.21/image-inspect-repodigests")
def test_inspect_shows_the_digest(api, shelf, offered):
    number = shelf.pull(offered[0])

    image = api.get(f"/images/{number}/json").json()

    digests = at(image, "RepoDigests")
    assert isinstance(digests, list)
    assert f"{offered[0].rpartition(':')[0]}@{shelf.digest(offered[0])}" in digests


@since("1.21/pull-by-digest")
def test_the_image_of_the_digest_comes(api, env, shelf, offered):
    reference = env.adopt("image", f"{offered[0].rpartition(':')[0]}@{shelf.digest(offered[0])}")

    answer = api.post("/images/create", {"fromImage": reference}, headers=shelf.auth())

    assert failure(answer) == ""
    assert env.client.get(f"/images/{reference}/json").status == 200
