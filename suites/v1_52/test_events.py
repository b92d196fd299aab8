"""GET /events, as API v1.52 changed it: no members of earlier times, and a media type that the client chooses."""

import pytest

from conformance import ABSENT, assert_status, at, before, since

LEGACY = ("status", "id", "from")


def find_event(api, query):
    found = [event for event in api.get("/events", query).messages() if at(event, "Type") == "container"]
    assert found, "expected an event of a container, got none"
    return found[0]


@since("1.52/events-no-legacy-members")
def test_members_of_earlier_times_are_gone(api, eventful_period):
    event = find_event(api, eventful_period)

    assert [at(event, member) for member in LEGACY] == [ABSENT] * len(LEGACY)


@before("1.52/events-no-legacy-members")
def test_members_of_earlier_times_say_the_same(api, eventful_period):
    event = find_event(api, eventful_period)

    same = [at(event, "Action"), at(event, "Actor.ID"), at(event, "Actor.Attributes.image")]
    assert [at(event, member) for member in LEGACY] == same


@since("1.52/events-media-types")
@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/json-seq"])
def test_events_come_as_the_client_asks(api, eventful_period, media_type):
    answer = api.get("/events", eventful_period, headers={"Accept": media_type})

    assert_status(answer, 200)
    assert answer.media_type == media_type
    assert len(answer.messages()) > 1
