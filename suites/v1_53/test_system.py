"""GET /info, GET /events, GET /system/df and images, as API v1.53 changed them."""

import pytest

from conformance import ABSENT, array, assert_status, assert_type, at, before, since
from conformance.testing import Unavailable, exclusively

#: The members that hold the disk usage up to 1.52.
EARLIER = ("LayersSize", "Images", "Containers", "Volumes", "BuildCache")


@since("1.53/info-nri")
def test_facts_of_the_node_resource_interface_are_pairs(api):
    document = api.get("/info").json()

    if at(document, "NRI") not in (ABSENT, None):
        pairs = array(document, "NRI", "Info")
        assert all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)


@since("1.53/info-nri-enabled")
def test_enabled_node_resource_interface_is_described(further_engine):
    engine = further_engine("node resource interface", ["--nri-opts=enable=true"])

    pairs = array(engine.api.get("/info").json(), "NRI", "Info")

    assert pairs
    assert all(isinstance(pair, list) and [type(part) for part in pair] == [str, str] for pair in pairs)


@since("1.53/events-jsonl")
def test_events_come_as_lines_of_json(api, eventful_period):
    answer = api.get("/events", eventful_period, headers={"Accept": "application/jsonl"})

    assert_status(answer, 200)
    assert answer.media_type == "application/jsonl"
    assert len(answer.messages()) > 1


@since("1.53/image-inspect-identity")
def test_identity_is_an_object(api, env):
    document = api.get(f"/images/{env.image}/json").json()

    if at(document, "Identity") not in (ABSENT, None):
        assert_type(document, "Identity", dict)


def without_port(repository):
    """A repository's name with the registry's host alone."""
    host, _, path = repository.partition("/")
    return f"{host.partition(':')[0]}/{path}"


@pytest.fixture
def containerd_store(env):
    """Raises Unavailable where the engine does not have containerd store its images."""
    if not any("io.containerd" in str(row) for row in env.get("/info").get("DriverStatus") or []):
        raise Unavailable("the engine does not have containerd store its images")


@since("1.53/image-inspect-identity-pull")
@pytest.mark.usefixtures("containerd_store")
def test_identity_names_the_repository_that_the_image_was_pulled_from(api, env, registry, pullable_images):
    repository, _, tag = pullable_images[0].rpartition(":")
    env.post("/images/create", {"fromImage": repository, "tag": tag}, headers=registry.auth_header())

    document = api.get(f"/images/{pullable_images[0]}/json").json()

    shown = [assert_type(row, "Repository", str) for row in array(document, "Identity", "Pull")]
    assert without_port(repository) in [without_port(name) for name in shown]


@since("1.53/df-no-earlier-lists")
def test_earlier_lists_are_not_returned(api):
    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    assert [member for member in EARLIER if at(document, member) is not ABSENT] == []


@before("1.53/df-no-earlier-lists")
@pytest.mark.parametrize(
    ("member", "kind"), [("LayersSize", int), ("Images", list), ("Containers", list), ("Volumes", list)]
)
def test_earlier_lists_are_returned(api, env, member, kind):
    env.create_container(HostConfig={"Binds": [f"{env.create_volume()}:/data"]})

    with exclusively("disk-usage"):
        document = api.get("/system/df").json()

    assert_type(document, member, kind)
