"""Configs, as the reference of API v1.30 has them."""

import pytest

from conformance import adopt_if_created, array, assert_status, assert_type, at, since
from fixtures.swarm import as_file, create_config, create_service, edit, encode, running_task

TEXT = "colour=red"


@since("1.30/config-create")
def test_config_is_a_file_in_the_containers_that_are_given_it(swarm):
    name = swarm.env.reserve_name("config")

    body = {"Name": name, "Labels": swarm.env.labels, "Data": encode(TEXT)}
    answer = swarm.api.post("/configs/create", json=body)

    assert_status(answer, 201)
    given = as_file(swarm.env, "config", assert_type(answer.json(), "ID", str), "/run/colours")
    service = create_service(swarm.env, TaskTemplate={"ContainerSpec": given})
    assert running_task(swarm.env, service).run("cat", "/run/colours") == TEXT


@since("1.30/config-create-conflict")
def test_second_config_of_a_name_is_a_conflict(swarm, config):
    name = swarm.env.get(f"/configs/{config}")["Spec"]["Name"]

    answer = swarm.api.post("/configs/create", json={"Name": name, "Data": encode("another")})

    adopt_if_created(swarm.env, "config", answer)
    assert_status(answer, 409)


@since("1.30/configs-list")
@pytest.mark.parametrize("name", ["id", "name", "label"])
def test_filter_leaves_the_configs_that_fit(swarm, config, name):
    other = create_config(swarm.env)
    spec = swarm.env.get(f"/configs/{config}")["Spec"]
    value = {"id": config, "name": spec["Name"], "label": f"name={spec['Labels']['name']}"}[name]

    answer = swarm.api.get("/configs", {"filters": {name: [value]}})

    assert_status(answer, 200)
    listed = [at(row, "ID") for row in array(answer.json())]
    assert (config in listed, other in listed) == (True, False)


@since("1.30/config-inspect")
@pytest.mark.parametrize("by", ["id", "name"])
def test_config_is_described_with_its_data(swarm, config, by):
    spec = swarm.env.get(f"/configs/{config}")["Spec"]

    document = swarm.api.get(f"/configs/{spec['Name'] if by == 'name' else config}").json()

    assert at(document, "ID") == config
    assert at(document, "Spec", "Name") == spec["Name"]
    assert at(document, "Spec", "Data") == encode(TEXT)
    assert assert_type(document, "Version.Index", int) > 0
    assert assert_type(document, "CreatedAt", str)


@since("1.30/config-inspect")
def test_unknown_config_is_not_found(swarm):
    assert_status(swarm.api.get("/configs/nosuch"), 404)


@since("1.30/config-delete")
def test_config_is_removed(swarm):
    config = create_config(swarm.env)

    answer = swarm.api.delete(f"/configs/{config}")

    assert_status(answer, 204)
    assert_status(swarm.env.client.get(f"/configs/{config}"), 404)


@since("1.30/config-delete")
def test_unknown_config_is_not_removed(swarm):
    assert_status(swarm.api.delete("/configs/nosuch"), 404)


@since("1.30/config-update")
def test_labels_of_a_config_are_changed(swarm):
    config = create_config(swarm.env)

    query, spec = edit(swarm.env, f"/configs/{config}", Labels={"colour": "blue"})
    answer = swarm.api.post(f"/configs/{config}/update", query, json=spec)

    assert_status(answer, 200)
    assert swarm.env.get(f"/configs/{config}")["Spec"]["Labels"]["colour"] == "blue"


@since("1.30/config-update")
def test_data_of_a_config_stays(swarm):
    config = create_config(swarm.env)

    query, spec = edit(swarm.env, f"/configs/{config}", Data=encode("colour=blue"))
    answer = swarm.api.post(f"/configs/{config}/update", query, json=spec)

    assert_status(answer, 400)
    assert swarm.env.get(f"/configs/{config}")["Spec"]["Data"] == encode(TEXT)
