"""POST /containers/create, as API v1.43 changed it: annotations."""

from conformance import ABSENT, assert_status, assert_type, at, before, since

ANNOTATIONS = {"org.example.colour": "blue", "size": "7"}


@since("1.43/create-annotations")
def test_annotations_are_kept(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"Annotations": ANNOTATIONS})
    )

    assert_status(answer, 201)
    kept = at(api.get(f"/containers/{name}/json").json(), "HostConfig", "Annotations")
    assert assert_type(kept, (), dict).items() >= ANNOTATIONS.items()


@before("1.43/create-annotations")
def test_annotations_are_not_known(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create", {"name": name}, json=env.container_body(HostConfig={"Annotations": ANNOTATIONS})
    )

    assert_status(answer, 201)
    assert at(api.get(f"/containers/{name}/json").json(), "HostConfig", "Annotations") in (ABSENT, None, {})
