"""GET /events: its answer and its filters, as the references describe them."""

from math import floor

import pytest

from conformance import assert_status, assert_type, at, since
from conformance.testing import (
    TAR,
    actions_about,
    build_contexts,
    build_image,
    events_about,
    familiar_name,
    import_image,
    is_in_order,
    read_clock,
    share_while_remembered,
    time_before_now,
)
from fixtures.events import end_period
from fixtures.images import commit_unnamed_image


@pytest.fixture
def two_lives(env):
    """When it began, and name and id of two containers that ran and ended since; `last` is one created after them."""

    def make():
        begun = time_before_now(env)
        names = [env.create_container("true", start=True) for _ in range(2)]
        for name in names:
            env.wait_for_exit(name)
        last = env.create_container()
        ids = [at(env.get(f"/containers/{name}/json"), "Id") for name in (*names, last)]
        return begun, [*zip((*names, last), ids, strict=True)]

    return share_while_remembered(env, "two lives", make, lambda made: (made[0], made[1][0][1]))


@since("reference/events-answer")
def test_the_answer_is_a_stream_of_json(api, two_lives):
    with api.stream("GET", "/events", {"since": two_lives[0]}) as stream:
        answer = stream.response

    assert_status(answer, 200)
    assert answer.media_type == "application/json"


@since("reference/events-filter-container-name")
@pytest.mark.parametrize("by", ["name", "id"])
def test_events_of_the_named_containers_come(two_lives, stream_in_every_version, by):
    begun, ((one, one_id), (_, other_id), (last, last_id)) = two_lives
    values = [one, last] if by == "name" else [one_id, last_id]
    query = {"since": begun, "filters": {"container": values}}

    answer = stream_in_every_version(
        "/events", query, enough=lambda body: last_id.encode() in body, seconds=6
    )

    events = answer.messages()
    assert actions_about(events, one_id)[:2] == ["create", "start"] or "create" in actions_about(
        events, one_id
    )
    assert events_about(events, last_id), "expected an event of the second of the containers, got none"
    assert events_about(events, other_id) == []


@since("reference/events-times")
def test_times_of_events_do_not_go_back(two_lives, stream_in_every_version):
    begun, ((_, one_id), _, (_, last_id)) = two_lives

    answer = stream_in_every_version(
        "/events", {"since": begun}, enough=lambda body: last_id.encode() in body, seconds=6
    )

    times = [at(event, "time") for event in events_about(answer.messages(), one_id)]
    assert times and all(type(time) is int for time in times), f"expected integers, got {times}"
    assert times == sorted(times)
    assert begun - 1 <= times[0] <= begun + 120


@since("reference/events-past-all")
def test_every_event_of_a_past_period_comes_before_the_answer_ends(api, env, two_lives):
    begun, ((_, one), (_, other), (_, last)) = two_lives
    until = floor(read_clock(env)) + 1

    with api.stream("GET", "/events", {"since": begun, "until": until}) as stream:
        events = list(stream.messages(6))

    assert stream.response.complete, "the daemon did not end the answer"
    assert [
        is_in_order(actions_about(events, container), ["create", "start", "die"])
        for container in (one, other)
    ] == [
        True,
        True,
    ]
    assert "create" in actions_about(events, last)


@since("reference/events-since-zero")
def test_the_beginning_of_time_leaves_every_event_that_is_remembered(two_lives, stream_in_every_version):
    _, ((_, first), (_, second), (_, last)) = two_lives
    query = {"since": 0, "filters": {"container": [first, second, last]}}

    answer = stream_in_every_version("/events", query, enough=lambda body: last.encode() in body, seconds=6)

    events = answer.messages()
    assert ["create" in actions_about(events, container) for container in (first, second, last)] == [True] * 3


def create_three_times(env):
    return [at(env.get(f"/containers/{env.create_container()}/json"), "Id") for _ in range(3)]


@since("1.21/events-timenano")
def test_the_time_in_nanoseconds_has_a_fraction(record_events):
    containers, events = record_events("/events", create_three_times)

    times = [at(event, "timeNano") for name in containers for event in events.about(name, until="create")]
    assert any(type(time) is int and time % 1_000_000_000 for time in times), times


@since("reference/events-filter-names")
@pytest.mark.parametrize("event", ["create", "start", "die"])
def test_only_events_of_the_name_come(two_lives, stream_in_every_version, event):
    begun, ((_, one), (_, other), _) = two_lives
    query = {"since": begun, "filters": {"event": [event]}}

    answer = stream_in_every_version("/events", query, enough=lambda body: other.encode() in body, seconds=6)

    events = answer.messages()
    assert [actions_about(events, container) for container in (one, other)] == [[event], [event]]


def create_labelled(env):
    name = env.create_container(Labels={**env.labels, "colour": "red"})
    return at(env.get(f"/containers/{name}/json"), "Id"), name


@since("reference/events-attributes")
def test_an_event_has_the_name_the_image_and_the_labels_of_its_container(env, record_events):
    (container, name), events = record_events("/events", create_labelled)

    found = events.about(container, until="create")
    assert found, "expected an event of the container, got none"
    attributes = assert_type(found[0], ("Actor", "Attributes"), dict)
    assert (at(attributes, "name"), at(attributes, "colour")) == (name, "red")
    assert familiar_name(assert_type(attributes, "image", str)) in (env.image_name, env.image)


def end_with_seven(env):
    name = env.create_container("sh", "-c", "exit 7", start=True)
    env.wait_for_exit(name)
    return at(env.get(f"/containers/{name}/json"), "Id"), name


@since("reference/events-die-exit-code")
def test_the_end_of_a_process_is_reported_with_its_exit_code(record_events):
    names, events = record_events("/events", end_with_seven)

    ends = [event for event in events.about(*names, until="die") if at(event, "Action") == "die"]
    assert [at(event, "Actor.Attributes.exitCode") for event in ends] == ["7"]


def save_and_load(env):
    name = import_image(env, b"to be saved\n")
    image = at(env.get(f"/images/{name}/json"), "Id")
    archive = env.require(env.client.get(f"/images/{name}/get")).body
    env.post("/images/load", body=archive, headers=TAR)
    return image, name


@since("reference/events-image-transfer")
@pytest.mark.parametrize("action", ["save", "load"])
def test_saving_and_loading_an_image_emits_its_event(record_events, action):
    names, events = record_events("/events", save_and_load)

    assert action in events.actions(*names, until=action)


def build_with_a_name(env):
    name = build_image(env, build_contexts(env), "ENV COLOUR=blue")
    return at(env.get(f"/images/{name}/json"), "Id"), name


@since("reference/events-build-tag")
def test_a_build_that_names_its_image_emits_tag(record_events):
    names, events = record_events("/events", build_with_a_name)

    assert "tag" in events.actions(*names, until="tag")


def name_an_image(env):
    name, other = import_image(env, b"named twice"), env.reserve_name("image")
    repo, _, tag = other.rpartition(":")
    env.post(f"/images/{name}/tag", {"repo": repo, "tag": tag})
    return at(env.get(f"/images/{name}/json"), "Id"), other


@since("reference/events-tag-image")
def test_a_new_name_of_an_image_is_reported_with_its_id_and_the_name(record_events):
    (image, name), events = record_events("/events", name_an_image)

    events = [event for event in events.about(image, name, until="tag") if at(event, "Action") == "tag"]
    assert events, "expected an event tag of the image, got none"
    found = [(at(event, "Actor.ID"), at(event, "Actor.Attributes.name")) for event in events]
    assert image in [actor for actor, _ in found]
    assert name in [familiar_name(str(shown)) for _, shown in found]


@since("reference/events-image-prune")
def test_an_image_that_is_pruned_emits_delete(spare_engine):
    env = spare_engine.env

    def make():
        since = time_before_now(env)
        image = commit_unnamed_image(env, {**env.labels, "to-be-pruned": ""})
        env.post("/images/prune", {"filters": {"label": ["to-be-pruned"]}})
        return image, {"since": since, "until": end_period(env)}

    image, query = share_while_remembered(env, "pruned image", make, lambda made: (made[1]["since"], made[0]))

    events = spare_engine.api.get("/events", query).messages()

    assert "delete" in actions_about(events, image)


def update(env):
    name = env.create_container()
    env.post(f"/containers/{name}/update", json={"RestartPolicy": {"Name": "no"}})
    return (at(env.get(f"/containers/{name}/json"), "Id"),)


@since("reference/events-update")
def test_an_update_emits_its_event(record_events):
    (container,), events = record_events("/events", update)

    assert "update" in events.actions(container, until="update")
