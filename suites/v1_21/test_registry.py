"""What a registry has to do with images, as API v1.21 changed it: the digests of an image, and a pull by one."""

from conformance import assert_progress_succeeds, assert_status, assert_type, since


@since("1.21/image-inspect-repodigests")
def test_inspect_shows_the_digest(api, registry, pullable_images):
    number = registry.pull(pullable_images[0])

    image = api.get(f"/images/{number}/json").json()

    digests = assert_type(image, "RepoDigests", list)
    assert f"{pullable_images[0].rpartition(':')[0]}@{registry.digest(pullable_images[0])}" in digests


@since("1.21/pull-by-digest")
def test_the_image_of_the_digest_comes(api, env, registry, pullable_images):
    reference = env.adopt(
        "image", f"{pullable_images[0].rpartition(':')[0]}@{registry.digest(pullable_images[0])}"
    )

    answer = api.post("/images/create", {"fromImage": reference}, headers=registry.auth_header())

    assert_progress_succeeds(answer)
    assert_status(env.client.get(f"/images/{reference}/json"), 200)
