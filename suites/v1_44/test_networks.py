"""POST /networks/create, as API v1.44 changed it: what it refuses."""

import pytest

from conformance import adopt_if_created, assert_refused, assert_status, since


@since("1.44/network-create-bad-ipam")
@pytest.mark.parametrize(
    "config",
    [
        {"Subnet": "10.9.0.0/33"},
        {"Subnet": "10.9.0"},
        {"Subnet": "10.9.0.0/16", "IPRange": "10.8.0.0/24"},
        {"Subnet": "10.9.0.0/16", "Gateway": "10.8.0.1"},
    ],
    ids=["prefix", "subnet", "range", "gateway"],
)
def test_invalid_values_are_refused(api, env, config):
    name = env.reserve_name("network")

    answer = api.post(
        "/networks/create", json={"Name": name, "Labels": env.labels, "IPAM": {"Config": [config]}}
    )

    adopt_if_created(env, "network", answer)
    assert_status(answer, 400)


@since("1.44/network-create-duplicate")
@pytest.mark.parametrize("members", [{}, {"CheckDuplicate": False}, {"CheckDuplicate": True}], ids=str)
def test_name_in_use_is_refused(api, env, members):
    name = env.create_network()

    answer = api.post("/networks/create", json={"Name": name, "Labels": env.labels, **members})

    adopt_if_created(env, "network", answer)
    assert_refused(answer)
