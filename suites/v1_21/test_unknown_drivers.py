"""Drivers that nobody has, in the requests that API v1.21 lets name one.

A driver that is asked for and is not there is the effect of naming it: a daemon that does not read the field succeeds.
"""

from conformance import before, since


@since("1.21/networks-create-no-driver")
def test_network_is_refused(api, env, asked_network):
    answer = asked_network.request.answer(api)

    assert answer.status == 404
    assert env.client.get(f"/networks/{asked_network.name}").status == 404


@since("1.21/volumes-create-no-driver")
def test_volume_is_refused(api, env, asked_volume):
    answer = asked_volume.request.answer(api)

    assert answer.status >= 400
    assert env.client.get(f"/volumes/{asked_volume.name}").status == 404


def assert_does_not_run(api, asked):
    answer = asked.request.answer(api)

    if answer.status == 201:
        answer = api.post(f"/containers/{asked.name}/start")
    assert answer.status >= 400, "the container runs without the driver that is to mount its volume"


@since("1.21/hostconfig-volumedriver")
def test_container_does_not_run(api, asked_container):
    assert_does_not_run(api, asked_container)


@before("1.21/hostconfig-volumedriver")
def test_container_with_the_field_at_the_top_does_not_run(api, asked_older_container):
    assert_does_not_run(api, asked_older_container)
