"""GET /events and its filters, as API v1.16 added them."""

import pytest

from conformance import since
from conformance.environment.event_recorder import Watch
from conformance.testing import actions_about, is_in_order, time_before_now


class Filtered:
    """Three containers came: one of an image of its own, which ran, one of another image, and a last one like the first.

    What each row of filters lets through is read up to the last one's creation.
    """

    def __init__(self, env, clients):
        begun = time_before_now(env)
        image = env.tag_image()
        name = env.create_container("true", Image=image, start=True)
        env.wait_for_exit(name)
        self.one, self.other, last = (
            env.get(f"/containers/{name}/json")["Id"]
            for name in (name, env.create_container(), env.create_container("true", Image=image))
        )
        rows = {
            "none": None,
            "container": {"container": [self.one, last]},
            "event": {"event": ["create"]},
            "events": {"event": ["create", "start"]},
            "image": {"image": [image]},
            "container and event": {"container": [self.one, last], "event": ["create"]},
        }
        self._watches = {
            (api.version, row): Watch(
                api,
                "/events",
                {"since": begun, "filters": filters},
                enough=lambda body: last.encode() in body,
                seconds=6,
            )
            for row, filters in rows.items()
            for api in clients
        }
        for watch in self._watches.values():
            watch.finish()

    def told(self, api, row):
        """The names of the events of the first and of the other container."""
        events = self._watches[api.version, row].answer(api).messages()
        return actions_about(events, self.one), actions_about(events, self.other)


@pytest.fixture
def filtered(env, clients):
    return env.share("filtered events", lambda: Filtered(env, clients))


@since("1.16/events-filters")
def test_without_filters_all_come(api, filtered):
    one, other = filtered.told(api, "none")

    assert is_in_order(one, ["create", "start"]), one
    assert "create" in other


@since("1.16/events-filters")
@pytest.mark.parametrize("row", ["container", "image"])
def test_only_events_of_the_container_or_image_come(api, filtered, row):
    one, other = filtered.told(api, row)

    assert is_in_order(one, ["create", "start"]), one
    assert other == []


@since("1.16/events-filters")
def test_only_events_of_that_name_come(api, filtered):
    one, other = filtered.told(api, "event")

    assert one == ["create"]
    assert other == ["create"]


@since("1.16/events-filters-combine")
def test_several_values_of_one_filter_are_alternatives(api, filtered):
    one, other = filtered.told(api, "events")

    assert one == ["create", "start"]
    assert other == ["create"]


@since("1.16/events-filters-combine")
def test_several_filters_hold_together(api, filtered):
    one, other = filtered.told(api, "container and event")

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
    assert api.get("/_ping").status == 200
