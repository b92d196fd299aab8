"""What is inspected, as API v1.45 changed it: no container of an image, and the aliases as they were given."""

import pytest

from conformance import ABSENT, array, assert_type, at, before, since
from conformance.testing import commit_image


@pytest.fixture
def committed(env):
    """The name of an image that was committed from a container."""
    return env.share("committed image", lambda: commit_image(env, env.create_container()))


@since("1.45/images-inspect-no-container")
@pytest.mark.parametrize("member", ["Container", "ContainerConfig"])
def test_image_has_no_container(api, committed, member):
    document = api.get(f"/images/{committed}/json").json()

    assert at(document, member) is ABSENT


@before("1.45/images-inspect-no-container")
def test_image_has_a_container_and_its_configuration_or_neither(api, committed):
    document = api.get(f"/images/{committed}/json").json()

    if assert_type(document, "Container", str):
        assert_type(document, "ContainerConfig", dict)
    else:
        assert at(document, "ContainerConfig") is not ABSENT


@pytest.fixture
def with_alias(env):
    """The id of a running container that has the alias ``other`` on a network, and the network's name."""

    def make():
        network = env.create_network()
        name = env.create_container("sleep", "86400", own_network=True, StopSignal="SIGKILL")
        endpoint = {"Container": name, "EndpointConfig": {"Aliases": ["other"]}}
        env.post(f"/networks/{network}/connect", json=endpoint)
        env.start(name)
        return env.get(f"/containers/{name}/json")["Id"], network

    return env.share("container with an alias", make)


@since("1.45/inspect-aliases")
def test_aliases_are_those_that_were_given(api, with_alias):
    container, network = with_alias

    document = api.get(f"/containers/{container}/json").json()

    assert array(document, "NetworkSettings", "Networks", network, "Aliases") == ["other"]


@since("reference/containers-inspect-alias-short-id")
def test_aliases_have_the_short_id_too(api, with_alias):
    container, network = with_alias

    document = api.get(f"/containers/{container}/json").json()

    aliases = array(document, "NetworkSettings", "Networks", network, "Aliases")
    assert [name in aliases for name in ("other", container[:12])] == [True, True], aliases
