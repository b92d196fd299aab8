"""Jobs, as API v1.41 introduced them: services whose tasks run to their end."""

import pytest

from conformance import assert_refused, assert_status, assert_type, at, before, since
from conformance.testing import becomes_true, wait_until
from fixtures.swarm import PATIENCE, create_service, edit, row_about, service_body, tasks_of

#: The modes of jobs, and how many tasks each completes on one node.
MODES = pytest.mark.parametrize(
    ("mode", "tasks"),
    [({"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 2}}, 2), ({"GlobalJob": {}}, 1)],
    ids=["replicated", "global"],
)


def completed(env, service):
    return [row for row in tasks_of(env, service) if row["Status"]["State"] == "complete"]


@since("1.41/service-mode-jobs")
@MODES
def test_tasks_of_a_job_run_to_their_end(swarm, mode, tasks):
    body = service_body(swarm.env, "true", Mode=mode)

    answer = swarm.api.post("/services/create", json=body)

    assert_status(answer, 201)
    assert becomes_true(lambda: len(completed(swarm.env, body["Name"])) == tasks, PATIENCE)


@before("1.41/service-mode-jobs")
@pytest.mark.parametrize(
    "mode", [{"ReplicatedJob": {"MaxConcurrent": 1}}, {"GlobalJob": {}}], ids=["replicated", "global"]
)
def test_there_are_no_jobs(swarm, mode):
    body = service_body(swarm.env, "true", Mode=mode)

    answer = swarm.api.post("/services/create", json=body)

    if answer.ok:
        shown = swarm.env.get(f"/services/{body['Name']}")["Spec"]["Mode"]
        assert not mode.keys() & shown.keys(), shown


def wait_for_run(env, job, last=None):
    """Wait until a task of a job has completed that is not the `last` one; returns its id."""

    def run():
        return next((row["ID"] for row in completed(env, job) if row["ID"] != last), None)

    wait_until(lambda: run() is not None, "a job to complete its task", PATIENCE)
    return run()


@pytest.fixture
def jobs(swarm):
    """The id of a job that has run its only task twice, by its mode; no check changes them."""
    env = swarm.env

    def make():
        numbers = {"MaxConcurrent": 1, "TotalCompletions": 1}
        modes = {"replicated": {"ReplicatedJob": numbers}, "global": {"GlobalJob": {}}}
        made = {name: create_service(env, "true", Mode=mode) for name, mode in modes.items()}
        first = {job: wait_for_run(env, job) for job in made.values()}
        for job in made.values():
            query, spec = edit(env, f"/services/{job}", TaskTemplate={"ForceUpdate": 1})
            env.post(f"/services/{job}/update", query, json=spec)
        for job in made.values():
            wait_for_run(env, job, first[job])
        return made

    return env.share("jobs", make)


KINDS = pytest.mark.parametrize("kind", ["replicated", "global"])


@since("1.41/service-mode-jobs")
@KINDS
@pytest.mark.parametrize("path", ["/services", "/services/(id)"])
def test_mode_of_a_job_is_returned(swarm, jobs, kind, path):
    shown = row_about(swarm.api.get(path.replace("(id)", jobs[kind])).json(), jobs[kind])

    assert_type(shown, f"Spec.Mode.{kind.capitalize()}Job", dict)


@since("1.41/service-jobstatus")
@KINDS
@pytest.mark.parametrize("path", ["/services", "/services/(id)"])
def test_service_says_which_run_of_the_job_it_is(swarm, jobs, kind, path):
    shown = row_about(swarm.api.get(path.replace("(id)", jobs[kind])).json(), jobs[kind])

    assert_type(shown, "JobStatus.JobIteration.Index", int)


@since("1.41/task-jobiteration")
@KINDS
@pytest.mark.parametrize("path", ["/tasks", "/tasks/(id)"])
def test_task_says_of_which_run_of_the_job_it_is(swarm, jobs, kind, path):
    task = tasks_of(swarm.env, jobs[kind])[0]["ID"]
    run = at(swarm.env.get(f"/services/{jobs[kind]}"), "JobStatus", "JobIteration", "Index")

    shown = row_about(swarm.api.get(path.replace("(id)", task)).json(), task)

    assert assert_type(shown, "JobIteration.Index", int) == run


@pytest.fixture
def job(swarm):
    """The id of a job that a check may change."""
    return create_service(
        swarm.env, "true", Mode={"ReplicatedJob": {"MaxConcurrent": 1, "TotalCompletions": 1}}
    )


@since("1.41/service-update-jobs")
def test_job_runs_its_tasks_again_with_other_numbers(swarm, job):
    mode = {"ReplicatedJob": {"MaxConcurrent": 2, "TotalCompletions": 3}}
    query, spec = edit(swarm.env, f"/services/{job}", Mode=mode)
    answer = swarm.api.post(f"/services/{job}/update", query, json=spec)

    assert_status(answer, 200)
    assert swarm.env.get(f"/services/{job}")["Spec"]["Mode"] == mode


@since("1.41/service-update-jobs")
def test_job_stays_a_job(swarm, job):
    query, spec = edit(swarm.env, f"/services/{job}")
    spec["Mode"] = {"Replicated": {"Replicas": 1}}
    answer = swarm.api.post(f"/services/{job}/update", query, json=spec)

    assert_refused(answer)
