"""GET /events and its filters, as API v1.16 added them."""

from typing import NamedTuple

import pytest

from conformance import assert_alive, since
from conformance.testing import actions_about, is_in_order, share_while_remembered, time_before_now


class Filtered(NamedTuple):
    """The ids of a container of `image` that ran, of one of another image, and of a last one of `image`."""

    begun: int
    image: str
    one: str
    other: str
    last: str


@pytest.fixture
def filtered(env):
    def make():
        begun, image = time_before_now(env), env.tag_image()
        one = env.create_container("true", Image=image, start=True)
        env.wait_for_exit(one)
        names = one, env.create_container(), env.create_container("true", Image=image)
        return Filtered(begun, image, *(env.get(f"/containers/{name}/json")["Id"] for name in names))

    return share_while_remembered(env, "filtered events", make, lambda made: (made.begun, made.one))


@pytest.fixture
def stream_actions(filtered, stream_in_every_version):
    """Streams the events up to the last container's; returns the actions of the first and of the other container."""

    def stream(path, filters):
        query = {"since": filtered.begun, "filters": filters}
        last = filtered.last.encode()
        events = stream_in_every_version(path, query, enough=lambda body: last in body, seconds=6).messages()
        return actions_about(events, filtered.one), actions_about(events, filtered.other)

    return stream


@since("1.16/events-filters")
def test_without_filters_all_come(stream_actions):
    one, other = stream_actions("/events", None)

    assert is_in_order(one, ["create", "start"]), one
    assert "create" in other


@since("1.16/events-filters")
@pytest.mark.parametrize("row", ["container", "image"])
def test_only_events_of_the_container_or_image_come(filtered, stream_actions, row):
    values = {"container": [filtered.one, filtered.last], "image": [filtered.image]}

    one, other = stream_actions("/events", {row: values[row]})

    assert is_in_order(one, ["create", "start"]), one
    assert other == []


@since("1.16/events-filters")
def test_only_events_of_that_name_come(stream_actions):
    one, other = stream_actions("/events", {"event": ["create"]})

    assert one == ["create"]
    assert other == ["create"]


@since("1.16/events-filters-combine")
def test_several_values_of_one_filter_are_alternatives(stream_actions):
    one, other = stream_actions("/events", {"event": ["create", "start"]})

    assert one == ["create", "start"]
    assert other == ["create"]


@since("1.16/events-filters-combine")
def test_several_filters_hold_together(filtered, stream_actions):
    filters = {"container": [filtered.one, filtered.last], "event": ["create"]}

    one, other = stream_actions("/events", filters)

    assert one == ["create"]
    assert other == []


@since("1.16/events-filters-malformed")
@pytest.mark.parametrize(
    "text", ["{", "nonsense", "7", '{"event":7}'], ids=["cut short", "text", "number", "no list"]
)
def test_filters_that_are_no_json_map_of_lists_are_refused(api, text):
    with api.stream("GET", "/events", {"since": "1", "until": "2", "filters": text}) as stream:
        status = stream.response.status

    assert status >= 400
    assert_alive(api)
