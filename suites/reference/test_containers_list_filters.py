"""The filters and parameters of GET /containers/json."""

import secrets

import pytest

from conformance import array, assert_status, at, since
from fixtures.container_states import EXIT_CODE
from fixtures.parameters import FALSE, SIGNS, TRUE
from fixtures.rows import list_ids


@since("reference/containers-filter-label-signs")
@pytest.mark.parametrize("value", SIGNS, ids=repr)
def test_a_value_with_signs_leaves_the_container_that_has_it(api, env, value):
    def make():
        key = f"mark-{secrets.token_hex(4)}"
        name, other = (env.create_container(Labels={key: label}) for label in (value, f"{value}-other"))
        return key, [at(env.get(f"/containers/{each}/json"), "Id") for each in (name, other)]

    key, containers = env.share(("containers with a label", value), make)

    ids = list_ids(api, "/containers/json", all=1, filters={"label": [f"{key}={value}"]})

    assert [container in ids for container in containers] == [True, False]


@since("reference/containers-list-limit-negative")
def test_a_negative_limit_is_none(api, env):
    idle, ended = env.idle_container(), at(env.get(f"/containers/{env.create_container()}/json"), "Id")

    answer = api.get("/containers/json", {"limit": -1})

    assert_status(answer, 200)
    ids = [at(row, "Id") for row in array(answer.json())]
    assert (idle in ids, ended in ids) == (True, False)


@since("reference/containers-list-filter-dead")
def test_the_status_dead_leaves_no_container_that_runs(api, env):
    idle = env.idle_container()

    answer = api.get("/containers/json", {"all": 1, "filters": {"status": ["dead"]}})

    assert_status(answer, 200)
    assert idle not in [at(row, "Id") for row in array(answer.json())]


@since("reference/containers-list-all")
@pytest.mark.parametrize("query", [{}, *({"all": value} for value in FALSE)], ids=["default", *FALSE])
def test_only_containers_that_run_are_listed(api, container_in_state, query):
    running, created, exited = (container_in_state(state).id for state in ("running", "created", "exited"))

    listed = list_ids(api, "/containers/json", **query)

    assert (running in listed, created in listed, exited in listed) == (True, False, False)


@since("reference/containers-list-all")
@pytest.mark.parametrize("value", TRUE)
def test_all_lists_containers_in_every_state(api, container_in_state, value):
    running, created, exited = (container_in_state(state).id for state in ("running", "created", "exited"))

    listed = list_ids(api, "/containers/json", all=value)

    assert (running in listed, created in listed, exited in listed) == (True, True, True)


@since("reference/containers-list-limit")
@pytest.mark.parametrize("limit", [1, 2])
def test_limit_leaves_the_newest_containers_also_those_that_do_not_run(api, sequence, limit):
    older = sequence[: len(sequence) - limit]

    listed = list_ids(api, "/containers/json", limit=limit)

    # Others may have created newer containers meanwhile.
    assert len(listed) == limit, f"expected {limit} rows, got {len(listed)}"
    assert not set(older) & set(listed), "an older container is listed in place of a newer one"


@pytest.fixture
def sequence(env):
    """The ids of three containers in the order of their creation, none of which was started."""

    def make():
        names = [env.create_container() for _ in range(3)]
        return [at(env.get(f"/containers/{name}/json"), "Id") for name in names]

    return env.share("three containers in sequence", make)


@since("reference/containers-list-since")
def test_since_leaves_containers_that_were_created_later(api, sequence):
    first, second, third = sequence

    listed = list_ids(api, "/containers/json", since=second)

    assert (first in listed, second in listed, third in listed) == (False, False, True)


@since("reference/containers-list-before")
def test_before_leaves_containers_that_were_created_earlier(api, sequence):
    first, second, third = sequence

    listed = list_ids(api, "/containers/json", before=second)

    assert (first in listed, second in listed, third in listed) == (True, False, False)


@since("reference/containers-list-between")
def test_since_and_before_together_leave_what_lies_between(api, sequence):
    first, _, third = sequence

    listed = list_ids(api, "/containers/json", since=first, before=third)

    assert [container in listed for container in sequence] == [False, True, False]


@since("reference/containers-filter-between")
def test_filters_since_and_before_together_leave_what_lies_between(api, sequence):
    first, _, third = sequence

    listed = list_ids(api, "/containers/json", all=1, filters={"since": [first], "before": [third]})

    assert [container in listed for container in sequence] == [False, True, False]


@pytest.fixture
def succeeded(env):
    """The id of a container whose process has ended with 0."""

    def make():
        name = env.create_container("true")
        env.start_and_wait(name)
        return at(env.get(f"/containers/{name}/json"), "Id")

    return env.share("container that succeeded", make)


@since("reference/containers-list-filter-exited")
def test_filter_exited_leaves_the_containers_with_that_exit_code(api, container_in_state, succeeded):
    failed = container_in_state("exited").id

    listed = list_ids(api, "/containers/json", all=1, filters={"exited": [str(EXIT_CODE)]})

    assert (failed in listed, succeeded in listed) == (True, False)


@since("reference/containers-list-filter-exited")
def test_filter_exited_takes_several_exit_codes(api, container_in_state, succeeded):
    failed = container_in_state("exited").id

    listed = list_ids(api, "/containers/json", all=1, filters={"exited": [str(EXIT_CODE), "0"]})

    assert (failed in listed, succeeded in listed) == (True, True)


@since("reference/containers-list-filter-status")
@pytest.mark.parametrize(
    "state", ["running", pytest.param("paused", marks=pytest.mark.needs("freezer")), "exited"]
)
def test_filter_status_leaves_the_containers_in_that_state(api, container_in_state, state):
    wanted = container_in_state(state).id
    others = [container_in_state(other).id for other in ("running", "exited") if other != state]

    listed = list_ids(api, "/containers/json", all=1, filters={"status": [state]})

    assert wanted in listed, f"the {state} container is not listed"
    assert not set(others) & set(listed), "containers in other states are listed"


@since("reference/containers-list-filter-status")
def test_filter_status_lists_containers_without_all(api, container_in_state):
    exited = container_in_state("exited").id

    listed = list_ids(api, "/containers/json", filters={"status": ["exited"]})

    assert exited in listed


@since("reference/containers-list-filters-combined")
def test_several_filters_leave_what_passes_each(api, container_in_state):
    running, exited = container_in_state("running"), container_in_state("exited")
    label = running.state_label

    listed = list_ids(api, "/containers/json", all=1, filters={"status": ["exited"], "label": [label]})
    neither = list_ids(
        api, "/containers/json", all=1, filters={"status": ["exited"], "label": [f"{label}=running"]}
    )

    assert (exited.id in listed, running.id in listed) == (True, False)
    assert {running.id, exited.id} & set(neither) == set(), (
        "a container that passes one filter of two is listed"
    )


@since("reference/containers-list-labels-combined")
def test_several_labels_leave_what_has_all_of_them(api, container_in_state):
    running, exited = container_in_state("running"), container_in_state("exited")
    label = running.state_label

    listed = list_ids(api, "/containers/json", all=1, filters={"label": [label, f"{label}=running"]})

    assert (running.id in listed, exited.id in listed) == (True, False)


@since("reference/containers-list-filter-states")
@pytest.mark.parametrize("state", ["restarting", "running", "paused", "exited"])
def test_filter_status_takes_every_documented_state(api, state):
    answer = api.get("/containers/json", {"filters": {"status": [state]}})

    assert_status(answer, 200)
    array(answer.json())


@since("reference/containers-list-no-limit")
def test_limit_zero_leaves_every_container_that_runs(api, container_in_state):
    running, exited = container_in_state("running").id, container_in_state("exited").id

    listed = list_ids(api, "/containers/json", limit=0)

    assert (running in listed, exited in listed) == (True, False)


@since("reference/containers-list-filter-exited")
@pytest.mark.parametrize("state", ["created", "running"])
def test_filter_exited_leaves_out_what_has_not_ended(api, container_in_state, state):
    container = container_in_state(state).id

    listed = list_ids(api, "/containers/json", all=1, filters={"exited": ["0"]})

    assert container not in listed


@since("reference/containers-list-filter-name")
def test_the_filter_name_leaves_the_container_of_that_name(api, env):
    names = [env.share(("container to find", each), env.create_container) for each in (1, 2)]

    rows = array(api.get("/containers/json", {"all": 1, "filters": {"name": names[:1]}}).json())

    listed = {name for row in rows for name in array(row, "Names")}
    assert [f"/{name}" in listed for name in names] == [True, False]


@since("reference/containers-list-filter-id")
@pytest.mark.parametrize("digits", [64, 12], ids=["whole", "beginning"])
def test_the_filter_id_leaves_the_container_of_that_id(api, env, digits):
    names = [env.share(("container to find", each), env.create_container) for each in (1, 2)]
    one, other = [at(env.get(f"/containers/{name}/json"), "Id") for name in names]

    rows = array(api.get("/containers/json", {"all": 1, "filters": {"id": [one[:digits]]}}).json())

    listed = [at(row, "Id") for row in rows]
    assert (one in listed, other in listed) == (True, False)


@since("reference/containers-list-order")
def test_the_newest_container_is_listed_first(api, sequence):
    listed = [container for container in list_ids(api, "/containers/json", all=1) if container in sequence]

    assert listed == sequence[::-1]


@since("reference/containers-list-since")
def test_since_takes_the_beginning_of_an_id(api, sequence):
    listed = list_ids(api, "/containers/json", since=sequence[1][:12])

    assert [container for container in sequence if container in listed] == sequence[2:]


@since("reference/containers-list-before")
def test_before_takes_the_beginning_of_an_id(api, sequence):
    listed = list_ids(api, "/containers/json", before=sequence[1][:12])

    assert [container for container in sequence if container in listed] == sequence[:1]


@since("reference/containers-list-limit-filters")
def test_limit_counts_the_containers_that_pass_the_filters(api, env):
    def make():
        label = f"{env.prefix}limit-{secrets.token_hex(4)}"
        names = [env.create_container(Labels={**env.labels, label: ""}) for _ in range(2)]
        env.create_container()
        return label, [at(env.get(f"/containers/{name}/json"), "Id") for name in names]

    label, containers = env.share("containers with a label and a newer one without", make)

    listed = list_ids(api, "/containers/json", limit=1, filters={"label": [label]})

    assert listed == containers[1:]


@since("reference/containers-list-status-several")
def test_filter_status_takes_several_states(api, container_in_state):
    running, created, exited = (container_in_state(state).id for state in ("running", "created", "exited"))

    listed = list_ids(api, "/containers/json", filters={"status": ["running", "exited"]})

    assert (running in listed, created in listed, exited in listed) == (True, False, True)


@since("reference/containers-list-filters-combined")
def test_three_filters_leave_what_passes_each(api, container_in_state):
    exited, label = container_in_state("exited").id, container_in_state("exited").state_label

    found = [
        exited
        in list_ids(
            api, "/containers/json", all=1, filters={"status": ["exited"], "label": [label], "exited": [code]}
        )
        for code in (str(EXIT_CODE), "0")
    ]

    assert found == [True, False]


@since("reference/containers-list-limit")
def test_a_limit_beyond_the_number_of_containers_lists_all(api, sequence):
    listed = list_ids(api, "/containers/json", limit=100000)

    assert set(sequence) <= set(listed)
