"""What only a daemon with an option shows, as API v1.40 documents it."""

from conformance import assert_status, at, since


@since("1.40/hostconfig-ipcmode-option")
def test_container_has_the_ipc_mode_that_the_daemon_was_given(configured_engine):
    api, env, _ = configured_engine
    name = env.reserve_name("container")

    body = env.container_body("true", HostConfig={"NetworkMode": "none"})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert at(env.get(f"/containers/{name}/json"), "HostConfig", "IpcMode") == "shareable"
