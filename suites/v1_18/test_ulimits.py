"""Ulimits in the host configuration, as API v1.18 added them."""

from conformance import after, since
from conformance.environment.outcomes import ended, joined, outcome
from conformance.environment.proc_files import LIMITS, limit

OPEN_FILES = "Max open files"
ULIMITS = {
    "Ulimits": [{"Name": "nofile", "Soft": 321, "Hard": 654}, {"Name": "nproc", "Soft": 4321, "Hard": 5432}]
}


@since("1.18/ulimits-create")
def test_the_process_has_the_limits_given_at_create(api, stage):
    name = stage.name("container")

    answer = api.post("/containers/create", {"name": name}, json=stage.body(*LIMITS, HostConfig=ULIMITS))

    assert answer.status == 201
    limits = outcome(stage, name).out
    assert limit(limits, OPEN_FILES) == ("321", "654")
    assert limit(limits, "Max processes") == ("4321", "5432")


@since("1.18/ulimits-start")
def test_the_process_has_the_limits_given_at_start(api, stage):
    name = stage.container(*LIMITS)

    answer = api.post(f"/containers/{name}/start", json=joined(stage, **ULIMITS))

    assert answer.status == 204
    limits = ended(stage, name).out
    assert limit(limits, OPEN_FILES) == ("321", "654")
    assert limit(limits, "Max processes") == ("4321", "5432")


@after("1.18/ulimits-start")
def test_the_process_does_not_have_limits_given_at_start(api, stage):
    name = stage.container(*LIMITS)

    api.post(f"/containers/{name}/start", json=joined(stage, **ULIMITS))

    stage.client.post(f"/containers/{name}/start")
    assert limit(stage.finished(name).out, OPEN_FILES) != ("321", "654")
