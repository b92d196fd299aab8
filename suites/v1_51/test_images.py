"""GET /images/json and GET /images/(name)/json, as API v1.51 changed them."""

import pytest

from conformance import ABSENT, array, at, before, since
from conformance.testing import import_image


@pytest.fixture
def counted(env):
    """The ids of an image that two containers use, and of one that none uses."""

    def make():
        names = [import_image(env, f"counted {number}\n".encode()) for number in range(2)]
        for _ in range(2):
            env.create_container(Image=names[0])
        return [env.get(f"/images/{name}/json")["Id"] for name in names]

    return env.share("image of two containers", make)


def counts(answer, ids):
    rows = array(answer.json())
    return [[at(row, "Containers") for row in rows if at(row, "Id") == identity] for identity in ids]


@since("1.51/images-containers")
def test_list_has_the_number_of_containers(api, counted):
    answer = api.get("/images/json")

    assert counts(answer, counted) == [[2], [0]]


@before("1.51/images-containers")
def test_list_does_not_have_the_number_of_containers(api, counted):
    answer = api.get("/images/json")

    assert counts(answer, counted) == [[-1], [-1]]


@since("1.51/images-inspect-dockerversion")
def test_configuration_has_no_version(api, env):
    document = api.get(f"/images/{env.image}/json").json()

    assert at(document, "Config", "DockerVersion") is ABSENT
