"""SecurityOpt in HostConfig of POST /containers/create, as the reference of API v1.17 has it."""

from conformance import assert_status, at, since

OPTION = "label:disable"
"""An option that needs no security module: it only switches labelling off."""


@since("1.17/security-opt-in-host-config")
def test_create_takes_a_list(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"SecurityOpt": [OPTION]})
    )

    assert_status(answer, 201)
    kept = at(env.get(f"/containers/{name}/json"), "HostConfig.SecurityOpt")
    assert [option.replace("=", ":") for option in kept or []] == [OPTION]
