"""What only a daemon with an option shows, as the reference of API v1.32 describes it."""

import pytest

from conformance import array, assert_status, assert_type, at, since
from fixtures.daemon_options import INSECURE_NETWORK, INSECURE_REGISTRY, MIRROR


@since("1.32/info-defaultruntime")
def test_info_names_the_default_runtime(configured_engine):
    document = configured_engine.api.get("/info").json()

    assert at(document, "DefaultRuntime") == "conformance"


@since("1.32/info-runtimes")
@pytest.mark.parametrize("runtime", ["conformance", "runc"])
def test_info_lists_configured_runtimes(configured_engine, runtime):
    document = configured_engine.api.get("/info").json()

    assert at(document, "Runtimes", runtime, "path") == "runc"


@since("1.32/create-default-runtime")
@pytest.mark.parametrize(("asked", "runtime"), [({}, "conformance"), ({"Runtime": "runc"}, "runc")])
def test_container_has_the_default_runtime_unless_it_asks_for_another(configured_engine, asked, runtime):
    api, env, _ = configured_engine
    name = env.reserve_name("container")

    body = env.container_body("true", HostConfig={"NetworkMode": "none", **asked})
    answer = api.post("/containers/create", {"name": name}, json=body)

    assert_status(answer, 201)
    assert at(env.get(f"/containers/{name}/json"), "HostConfig", "Runtime") == runtime
    assert env.start_and_wait(name).exit_code == 0


@since("1.32/info-liverestoreenabled")
def test_info_tells_of_live_restore(api, configured_engine):
    with_option = at(configured_engine.api.get("/info").json(), "LiveRestoreEnabled")
    without = at(api.get("/info").json(), "LiveRestoreEnabled")

    assert (with_option, without) == (True, False)


@since("1.32/info-loggingdriver-option")
def test_info_names_the_logging_driver_of_new_containers(configured_engine):
    api, env, _ = configured_engine
    name = env.create_container()

    document = api.get("/info").json()

    assert at(document, "LoggingDriver") == "local"
    assert at(env.get(f"/containers/{name}/json"), "HostConfig", "LogConfig", "Type") == "local"


@since("1.32/info-registry-mirrors")
def test_info_lists_the_mirrors_of_the_official_registry(configured_engine):
    registries = at(configured_engine.api.get("/info").json(), "RegistryConfig")

    assert array(registries, "Mirrors") == [MIRROR]
    official = assert_type(registries, "IndexConfigs", dict).get("docker.io")
    assert array(official, "Mirrors") == [MIRROR]


@since("1.32/info-insecure-registries")
def test_info_tells_which_registries_are_insecure(configured_engine):
    registries = at(configured_engine.api.get("/info").json(), "RegistryConfig")

    networks = array(registries, "InsecureRegistryCIDRs")
    assert {INSECURE_NETWORK, "127.0.0.0/8"}.issubset(map(str, networks))
    rows = assert_type(registries, "IndexConfigs", dict)
    secure = [at(rows.get(name), "Secure") for name in ("docker.io", INSECURE_REGISTRY)]
    assert secure == [True, False]


@since("1.32/info-initbinary")
def test_info_has_the_path_of_the_init_program(engine_with_init):
    engine, path = engine_with_init

    document = engine.api.get("/info").json()

    assert at(document, "InitBinary") == path
