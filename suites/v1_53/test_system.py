"""GET /info, GET /events, GET /system/df and images, as API v1.53 changed them."""

import pytest

from conformance import ABSENT, array, assert_status, assert_type, at, before, since
from conformance.testing import exclusively

EARLIER = ("LayersSize", "Images", "Containers", "Volumes", "BuildCache")


@since("1.53/info-nri")
def test_facts_of_the_node_resource_interface_are_pairs(api):
    document = api.get("/info").json()

    if at(document, "NRI") not in (ABSENT, None):
        pairs = array(document, "NRI", "Info")
        assert all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)


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
