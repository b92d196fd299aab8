"""POST /build, as API v1.25 changed it: its network, images as a cache, and a look at the Dockerfile before the first step."""

import ipaddress

import pytest

from conformance import assert_progress_fails, assert_progress_succeeds, at, before, since
from conformance.testing import TAR, FixtureError, build_contexts, progress_error, read_image_file

#: What a process sees of its network: its namespace, and its addresses.
SHOW = "readlink /proc/self/ns/net; ip -o -4 addr show"


@pytest.fixture
def build_on(api, env, build_context):
    """Builds an image on a network; returns the namespace and the addresses that RUN sees there."""

    def build(path, mode):
        name = env.reserve_name("image")
        context = build_context(f"RUN ( {SHOW} ) > /seen")
        assert_progress_succeeds(api.post(path, {"t": name, "nocache": 1, "networkmode": mode}, **context))
        namespace, *lines = (read_image_file(env, name, "/seen") or "").splitlines()
        return namespace, [ipaddress.ip_interface(line.split()[3]) for line in lines]

    return build


@since("1.25/build-networkmode")
def test_run_without_a_network_has_no_address_but_its_own(build_on):
    _, addresses = build_on("/build", "none")

    assert all(address.ip.is_loopback for address in addresses), addresses


@since("1.25/build-networkmode")
@pytest.mark.needs("host-namespaces")
def test_run_is_on_the_network_of_the_host(env, build_on):
    host = env.share(
        "network of the host",
        lambda: env.start_and_wait(
            env.create_container("sh", "-c", SHOW, HostConfig={"NetworkMode": "host", "UsernsMode": "host"})
        ),
    )

    namespace, _ = build_on("/build", "host")

    assert namespace == host.stdout.splitlines()[0]


@since("1.25/build-networkmode")
@pytest.mark.parametrize("by", ["name", "id"])
def test_run_is_on_the_network_of_a_container(env, build_on, by):
    container = env.idle_container()
    name = at(env.get(f"/containers/{container}/json"), "Name").lstrip("/")

    namespace, _ = build_on("/build", f"container:{name if by == 'name' else container}")

    assert namespace == env.execute(container, "sh", "-c", SHOW).stdout.splitlines()[0]


@since("1.25/build-networkmode")
def test_run_is_on_the_network_with_the_name(build_on, network_with_subnet):
    network, subnet = network_with_subnet

    _, addresses = build_on("/build", network)

    assert any(address.ip in subnet for address in addresses), addresses


@pytest.fixture
def dockerfile_with_an_error(build_context):
    """A build whose Dockerfile has an unknown instruction behind one that would write ``ran-42``."""
    return build_context("RUN echo ran-$((40 + 2))", "NOSUCHINSTRUCTION here")


@since("1.25/build-dockerfile-checked-first")
def test_no_step_is_carried_out_of_a_dockerfile_with_an_error(api, env, dockerfile_with_an_error):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, **dockerfile_with_an_error)

    assert_progress_fails(answer)
    assert b"ran-42" not in answer.body


@before("1.25/build-dockerfile-checked-first")
def test_older_versions_look_at_the_dockerfile_first_too(api, env, dockerfile_with_an_error):
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "nocache": 1}, **dockerfile_with_an_error)

    assert_progress_fails(answer)
    assert b"ran-42" not in answer.body


@pytest.fixture
def build_with_an_image_to_reuse(env, build_context):
    """A build that writes a random text into /seen; and an image of an earlier one, which was loaded from an archive.

    Nothing but that image connects the earlier build with a later one: its own steps are no cache any more.
    """
    context = build_context("RUN head -c 16 /dev/urandom | md5sum > /seen")
    name = env.reserve_name("image")
    answer = env.post("/build", {"t": name, "nocache": 1}, **context)
    if fault := progress_error(answer):
        raise FixtureError(f"failed to build the image: {fault}")
    archive = env.require(env.client.get(f"/images/{name}/get")).body
    env.require(env.client.delete(f"/images/{name}"))
    env.post("/images/load", body=archive, headers=TAR)
    return context, name


@since("1.25/build-cachefrom")
def test_layers_of_the_image_are_used_again(api, env, build_with_an_image_to_reuse):
    context, earlier = build_with_an_image_to_reuse
    name = env.reserve_name("image")

    answer = api.post("/build", {"t": name, "cachefrom": [earlier]}, **context)

    assert_progress_succeeds(answer)
    layers = at(env.get(f"/images/{earlier}/json"), "RootFS.Layers")
    assert at(env.get(f"/images/{name}/json"), "RootFS.Layers") == layers


@since("1.25/build-squash")
def test_squashed_image_has_one_layer_more_than_its_base(further_engine):
    api, env, _ = further_engine("experimental features", ["--experimental"])
    name = env.reserve_name("image")
    context = build_contexts(env)("RUN echo first > /first", "RUN echo second > /second")

    answer = api.post("/build", {"t": name, "nocache": 1, "squash": 1}, **context)

    assert_progress_succeeds(answer)
    base = at(env.get(f"/images/{env.image}/json"), "RootFS", "Layers")
    layers = at(env.get(f"/images/{name}/json"), "RootFS", "Layers")
    assert len(layers) == len(base) + 1
    assert read_image_file(env, name, "/first") == "first\n"
