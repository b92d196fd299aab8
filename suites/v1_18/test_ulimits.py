"""Ulimits in the host configuration, as API v1.18 added them."""

from conformance import after, since
from conformance.environment.outcomes import ended, joined, outcome
from conformance.environment.proc_files import LIMITS, limit

OPEN_FILES = "Max open files"
ULIMITS = {
    "Ulimits": [{"Name": "nofile", "Soft": 321, "Hard": 654}, {"Name": "nproc", "Soft": 4321, "Hard": 5432}]
}


@since("1.18/ulimits-create")
def test_the_process_has_the_limits_given_at_create(api, env):
    name = env.name("container")

    answer = api.post("/containers/create", {"name": name}, json=env.body(*LIMITS, HostConfig=ULIMITS))

    assert answer.status == 201
    limits = outcome(env, name).out
    assert limit(limits, OPEN_FILES) == ("321", "654")
    assert limit(limits, "Max processes") == ("4321", "5432")


@since("1.18/ulimits-start")
def test_the_process_has_the_limits_given_at_start(api, env):
    name = env.container(*LIMITS)

    answer = api.post(f"/containers/{name}/start", json=joined(env, **ULIMITS))

    assert answer.status == 204
    limits = ended(env, name).out
    assert limit(limits, OPEN_FILES) == ("321", "654")
    assert limit(limits, "Max processes") == ("4321", "5432")


@after("1.18/ulimits-start")
def test_the_process_does_not_have_limits_given_at_start(api, env):
    name = env.container(*LIMITS)

    api.post(f"/containers/{name}/start", json=joined(env, **ULIMITS))

    env.client.post(f"/containers/{name}/start")
    assert limit(env.finished(name).out, OPEN_FILES) != ("321", "654")
