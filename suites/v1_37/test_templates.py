"""Secrets and configs that are templates, as API v1.37 introduced them."""

import pytest

from conformance import adopt_if_created, assert_refused, assert_status, assert_type, at, before, since
from fixtures.swarm import (
    as_file,
    create_config,
    create_secret,
    create_service,
    encode,
    row_about,
    running_task,
)

GOLANG = {"Name": "golang"}
TEXT = "{{.Service.Name}}"


def template_body(env, kind):
    name = env.reserve_name(kind)
    return {"Name": name, "Labels": env.labels, "Data": encode(TEXT), "Templating": GOLANG}


def file_in_a_task(env, kind, answer):
    """What a container finds in a file that is a secret or a config, and the name of its service."""
    given = as_file(env, kind, assert_type(answer.json(), "ID", str), "/run/text")
    service = create_service(env, TaskTemplate={"ContainerSpec": given})
    name = env.get(f"/services/{service}")["Spec"]["Name"]
    return running_task(env, service).run("cat", "/run/text"), name


@since("1.37/config-create-templating")
def test_config_is_filled_in_for_its_service(swarm):
    answer = swarm.api.post("/configs/create", json=template_body(swarm.env, "config"))

    assert_status(answer, 201)
    text, name = file_in_a_task(swarm.env, "config", answer)
    assert text == name


@before("1.37/config-create-templating")
def test_config_is_no_template(swarm):
    answer = swarm.api.post("/configs/create", json=template_body(swarm.env, "config"))

    adopt_if_created(swarm.env, "config", answer)
    assert_refused(answer)


@since("1.37/secret-create-templating")
def test_secret_is_filled_in_for_its_service(swarm):
    answer = swarm.api.post("/secrets/create", json=template_body(swarm.env, "secret"))

    assert_status(answer, 201)
    text, name = file_in_a_task(swarm.env, "secret", answer)
    assert text == name


@before("1.37/secret-create-templating")
def test_secret_is_no_template(swarm):
    answer = swarm.api.post("/secrets/create", json=template_body(swarm.env, "secret"))

    adopt_if_created(swarm.env, "secret", answer)
    assert_refused(answer)


@pytest.fixture
def templates(swarm):
    """The ids of a config and of a secret that are templates, which no check changes."""

    def make():
        return {
            "config": create_config(swarm.env, TEXT, Templating=GOLANG),
            "secret": create_secret(swarm.env, TEXT, Templating=GOLANG),
        }

    return swarm.env.share("templates", make)


@since("1.37/config-get-templating")
@pytest.mark.parametrize("path", ["/configs", "/configs/(id)"])
def test_driver_of_the_template_of_a_config_is_returned(swarm, templates, path):
    document = swarm.api.get(path.replace("(id)", templates["config"])).json()

    assert at(row_about(document, templates["config"]), "Spec", "Templating", "Name") == "golang"


@since("1.37/secret-get-templating")
@pytest.mark.parametrize("path", ["/secrets", "/secrets/(id)"])
def test_driver_of_the_template_of_a_secret_is_returned(swarm, templates, path):
    document = swarm.api.get(path.replace("(id)", templates["secret"])).json()

    assert at(row_about(document, templates["secret"]), "Spec", "Templating", "Name") == "golang"
