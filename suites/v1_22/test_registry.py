"""What a registry has to do with images, as API v1.22 changed it: tokens, and pulls and pushes that a client leaves."""

import secrets
import time

import pytest

from conformance import assert_progress_fails, assert_progress_succeeds, assert_status, since
from conformance.testing import becomes_true, encode_credentials, import_image, wait_until

#: Seconds in which an engine notices that its client has left.
NOTICED = 2
#: Bytes of a layer that no buffer of a connection takes as a whole.
LARGE = 12_000_000


def token(value):
    return {"X-Registry-Auth": encode_credentials({"registrytoken": value})}


def repository_of(name):
    return name.partition("/")[2].rpartition(":")[0]


@pytest.fixture
def local_image(env, emulated_name):
    """Makes a name at the registry of an image that only the daemon has, with a layer of so many bytes."""

    def tag(size, *word):
        name = emulated_name(*word)
        repository, _, version = name.rpartition(":")
        source = env.share(("image of", size), lambda: import_image(env, secrets.token_bytes(size)))
        env.post(f"/images/{source}/tag", {"repo": repository, "tag": version})
        return name

    return tag


@since("1.22/pull-registrytoken")
def test_pull_with_the_token_brings_the_image(api, env, emulated_registry, emulated_name):
    name = emulated_name()

    answer = api.post("/images/create", {"fromImage": name}, headers=token(emulated_registry.registry_token))

    assert_progress_succeeds(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 200)


@since("1.22/pull-registrytoken")
def test_pull_with_another_token_fails(api, env, emulated_name):
    name = emulated_name()

    answer = api.post("/images/create", {"fromImage": name}, headers=token("another"))

    assert_progress_fails(answer)
    assert_status(env.client.get(f"/images/{name}/json"), 404)


@since("1.22/push-registrytoken")
def test_push_with_the_token_arrives(api, emulated_registry, local_image):
    repository, _, tag = local_image(100).rpartition(":")

    answer = api.post(
        f"/images/{repository}/push", {"tag": tag}, headers=token(emulated_registry.registry_token)
    )

    assert_progress_succeeds(answer)
    assert emulated_registry.has_pushed(f"{repository.partition('/')[2]}:{tag}")


@since("1.22/push-registrytoken")
def test_push_with_another_token_fails(api, emulated_registry, local_image):
    repository, _, tag = local_image(100).rpartition(":")

    answer = api.post(f"/images/{repository}/push", {"tag": tag}, headers=token("another"))

    assert_progress_fails(answer)
    assert not emulated_registry.has_pushed(f"{repository.partition('/')[2]}:{tag}")


def end_of(emulated_registry, repository):
    """What becomes of a transfer that has halted, once the engine had time to notice that its client has left."""
    time.sleep(NOTICED)
    emulated_registry.resume()
    becomes_true(lambda: emulated_registry.transfer(repository) != "halted", 10)
    return emulated_registry.transfer(repository)


@since("1.22/pull-cancel")
def test_leaving_a_pull_cancels_it(api, emulated_registry, emulated_name):
    name = emulated_name("halting")
    repository, headers = repository_of(name), token(emulated_registry.registry_token)

    with api.stream("POST", "/images/create", {"fromImage": name}, headers=headers) as pull:
        assert_status(pull.response, 200)
        wait_until(lambda: emulated_registry.transfer(repository) == "halted", "the pull is under way")

    assert end_of(emulated_registry, repository) == "aborted"


@since("1.22/push-cancel")
def test_leaving_a_push_cancels_it(api, emulated_registry, local_image):
    name = local_image(LARGE, "halting")
    repository, headers = repository_of(name), token(emulated_registry.registry_token)

    path = f"/images/{name.rpartition(':')[0]}/push"
    with api.stream("POST", path, {"tag": "1"}, headers=headers) as push:
        assert_status(push.response, 200)
        wait_until(lambda: emulated_registry.transfer(repository) == "halted", "the push is under way")

    assert end_of(emulated_registry, repository) == "aborted"
