"""Networks of a swarm, as API v1.28 changed them."""

from conformance import array, at, since


@since("1.28/network-inspect-verbose")
def test_services_on_the_network_are_listed_with_their_tasks(swarm, overlay):
    service = swarm.env.get(f"/services/{overlay.task.service}")["Spec"]["Name"]

    document = swarm.api.get(f"/networks/{overlay.network}", {"verbose": "true"}).json()

    names = [at(task, "Name") for task in array(document, "Services", service, "Tasks")]
    assert [name for name in names if overlay.task.id in name] == names
    assert names
