"""GET /containers/(id)/json, as the reference of API v1.17 shows it."""

import pytest

from conformance import assert_type, at, since

TEXTS = ("Name", "Driver", "HostnamePath", "HostsPath", "MountLabel", "ProcessLabel", "AppArmorProfile")


@since("1.17/inspect-details")
@pytest.mark.parametrize("member", [*TEXTS, "RestartCount"])
def test_member_has_its_type(api, env, member):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert_type(document, member, str if member in TEXTS else int)


@since("1.17/inspect-details")
def test_name_is_that_of_the_container(api, env):
    name = env.create_container()

    document = api.get(f"/containers/{name}/json").json()

    assert at(document, "Name") == f"/{name}"


@since("1.17/inspect-details")
def test_driver_is_that_of_the_daemon(api, env):
    driver = at(env.get("/info"), "Driver")

    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert at(document, "Driver") == driver


@since("1.17/inspect-details")
def test_restart_count_is_zero_at_first(api, env):
    document = api.get(f"/containers/{env.idle_container()}/json").json()

    assert at(document, "RestartCount") == 0
