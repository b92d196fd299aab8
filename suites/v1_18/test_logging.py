"""The logging driver of a container and its file, as API v1.18 documents them."""

import pytest

from conformance import assert_status, assert_type, at, since
from conformance.testing import STDOUT, assert_starts, payload, start_and_wait_for_output

JSON_FILE = {"Type": "json-file", "Config": {}}
WORD = "unmistakable"


@pytest.fixture
def logging_container(env):
    """The name of a running container with the driver json-file that has written ``out``."""
    script = "echo out; exec sleep 86400"
    host = {"LogConfig": JSON_FILE}
    return env.share(
        "logged", lambda: start_and_wait_for_output(env, b"out\n", b"", "sh", "-c", script, HostConfig=host)
    )


@since("1.18/inspect-logpath")
def test_the_path_of_the_log_file_is_shown(api, logging_container):
    document = api.get(f"/containers/{logging_container}/json").json()

    path = assert_type(document, "LogPath", str)
    assert path.startswith("/")


@since("1.18/inspect-logpath")
@pytest.mark.needs("daemon-host")
def test_the_log_file_holds_what_was_written(api, daemon, logging_container):
    document = api.get(f"/containers/{logging_container}/json").json()

    path = assert_type(document, "LogPath", str)
    file = daemon.root / path.lstrip("/")
    assert file.is_file(), f"expected a file at {path}"
    assert b"out" in file.read_bytes()


@since("1.18/hostconfig-logconfig")
def test_output_of_the_driver_json_file_is_kept(api, env):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create",
        {"name": name},
        json=env.container_body("echo", "out", HostConfig={"LogConfig": JSON_FILE}),
    )

    assert_status(answer, 201)
    assert_starts(env, name)
    assert env.wait_for_exit(name) == 0
    frames = env.client.get(f"/containers/{name}/logs", {"stdout": 1}).frames()
    assert payload(frames, STDOUT) == b"out\n"


@since("1.18/hostconfig-logconfig")
def test_output_of_the_driver_none_is_not_kept(api, env):
    name = env.reserve_name("container")

    body = env.container_body("echo", WORD, HostConfig={"LogConfig": {"Type": "none", "Config": {}}})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert env.wait_for_exit(name) == 0
    answer = env.client.get(f"/containers/{name}/logs", {"stdout": 1, "stderr": 1})
    assert WORD.encode() not in (payload(answer.frames(), STDOUT) if answer.ok else answer.body)


@since("1.18/hostconfig-logconfig-options")
def test_json_file_keeps_no_more_than_its_options_allow(api, env):
    name = env.reserve_name("container")

    config = {"Type": "json-file", "Config": {"max-size": "10k"}}
    body = env.container_body("sh", "-c", f"yes {WORD} | head -n 3000", HostConfig={"LogConfig": config})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert_starts(env, name)
    assert env.wait_for_exit(name) == 0
    log = payload(env.client.get(f"/containers/{name}/logs", {"stdout": 1}).frames(), STDOUT)
    assert log.endswith(f"{WORD}\n".encode()), "expected the last line to be kept"
    assert len(log) < 3000 * len(WORD) / 2


@since("1.18/hostconfig-logconfig-host-drivers")
@pytest.mark.parametrize("driver", ["syslog", "journald"])
def test_a_driver_of_the_host_is_taken(api, env, driver):
    name = env.reserve_name("container")

    answer = api.post(
        "/containers/create",
        {"name": name},
        json=env.container_body(HostConfig={"LogConfig": {"Type": driver, "Config": {}}}),
    )

    assert_status(answer, 201)
    assert at(env.get(f"/containers/{name}/json"), "HostConfig.LogConfig.Type") == driver
