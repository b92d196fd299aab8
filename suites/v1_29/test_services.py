"""Services, as API v1.29 changed them."""

import re

from conformance import assert_type, at, since


@since("1.29/service-inspect-insertdefaults")
def test_defaults_are_in_the_specification_if_they_are_asked_for(swarm, dormant_service):
    document = swarm.api.get(f"/services/{dormant_service}", {"insertDefaults": "true"}).json()

    assert assert_type(document, "Spec.UpdateConfig.FailureAction", str)
    assert assert_type(document, "Spec.UpdateConfig.Parallelism", int)
    assert assert_type(document, "Spec.TaskTemplate.RestartPolicy.Delay", int)


@since("1.29/service-inspect-insertdefaults")
def test_defaults_are_not_in_the_specification_otherwise(swarm, dormant_service):
    document = swarm.api.get(f"/services/{dormant_service}").json()

    assert not at(document, "Spec", "UpdateConfig")


@since("1.29/service-privileges")
def test_labels_of_selinux_are_disabled_for_the_containers(service_tasks):
    privileges = {"SELinuxContext": {"Disable": True}}
    task = service_tasks.post("/services/create", TaskTemplate={"ContainerSpec": {"Privileges": privileges}})

    options = task.env.get(f"/containers/{task.container}/json")["HostConfig"]["SecurityOpt"]
    assert any(re.fullmatch("label[:=]disable", option) for option in options or [])
