"""The headers of every response that API v1.25 added: Docker-Experimental and API-Version."""

import pytest

from conformance import at, since

#: Paths whose responses have different statuses; `idle` is a container that exists.
PATHS = pytest.mark.parametrize(
    "path",
    ["/_ping", "/containers/{idle}/json", "/containers/nosuch/json", "/containers/json?filters=invalid"],
    ids=["ping", "success", "unknown container", "bad filters"],
)


@since("1.25/header-docker-experimental")
@PATHS
def test_response_says_whether_experimental_features_are_on(api, env, path):
    answer = api.get(path.format(idle=env.idle_container()))

    experimental = at(env.get("/info"), "ExperimentalBuild")
    assert answer.header("Docker-Experimental") == str(experimental).lower()


@since("1.25/header-api-version")
@PATHS
def test_response_names_the_default_version(api, env, path):
    answer = api.get(path.format(idle=env.idle_container()))

    assert answer.header("Api-Version") == at(env.get("/version"), "ApiVersion")
