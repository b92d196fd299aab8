"""The statuses of POST /commit."""

from conformance import always, assert_status


@always("general/commit-unknown-container")
def test_an_unknown_container_is_not_found(api, env):
    repo, _, tag = env.reserve_name("image").rpartition(":")

    answer = api.post("/commit", {"container": f"{env.prefix}unknown", "repo": repo, "tag": tag}, json={})

    assert_status(answer, 404)
