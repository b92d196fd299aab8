"""Plugins for engines: what the program answers, and the archive of a managed one."""

import json
import os
import subprocess
import threading

import pytest

from conformance.engine.plugin_program import FORBIDDEN, Plugin, create_server
from conformance.engine.plugins import LegacyPlugin, make_plugin
from conformance.environment.wait import becomes_true
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.http.tar import unpack
from conformance.model.errors import DaemonFault


@pytest.fixture
def plugin(tmp_path):
    return Plugin(root=str(tmp_path), mounts="/volumes")


def test_a_volume_is_kept_and_tells_its_options(plugin):
    plugin.answer("VolumeDriver.Create", {"Name": "v", "Opts": {"a": "b"}})

    volume = plugin.answer("VolumeDriver.Get", {"Name": "v"})["Volume"]

    assert (volume["Mountpoint"], volume["Status"]["options"]) == ("/volumes/v", {"a": "b"})


def test_a_mounted_volume_has_a_directory_below_the_root(plugin, tmp_path):
    plugin.answer("VolumeDriver.Create", {"Name": "v"})

    assert plugin.answer("VolumeDriver.Mount", {"Name": "v"})["Mountpoint"] == "/volumes/v"
    assert (tmp_path / "volumes" / "v").is_dir()


@pytest.mark.parametrize("remove", [lambda p: p.forget_volume("v"), None], ids=["lost", "never created"])
def test_a_volume_that_is_not_there_is_an_error(plugin, remove):
    if remove is not None:
        plugin.answer("VolumeDriver.Create", {"Name": "v"})
        remove(plugin)

    assert plugin.answer("VolumeDriver.Get", {"Name": "v"})["Err"] == "no such volume: v"


def test_addresses_are_given_once(plugin):
    given = [plugin.answer("IpamDriver.RequestAddress", {})["Address"] for _ in range(3)]

    assert len(set(given)) == 3


def test_the_log_driver_reads_what_the_engine_writes(plugin, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    plugin.answer("LogDriver.StartLogging", {"File": "/pipe"})

    (tmp_path / "pipe").write_bytes(b"a line")

    assert becomes_true(lambda: plugin.logged == b"a line")


@pytest.mark.parametrize(("path", "allowed"), [(f"/containers/{FORBIDDEN}/json", False), ("/info", True)])
def test_one_path_is_forbidden(plugin, path, allowed):
    assert plugin.answer("AuthZPlugin.AuthZReq", {"RequestUri": path})["Allow"] is allowed


def test_calls_are_remembered(plugin):
    plugin.answer("IpamDriver.RequestPool", {"Options": {"a": "b"}})

    assert plugin.calls_of("IpamDriver.RequestPool") == [{"Options": {"a": "b"}}]


def test_a_call_over_the_socket_is_answered(plugin, tmp_path):
    server = create_server(str(tmp_path / "socket"), plugin)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    answer = Client(Endpoint(path=str(tmp_path / "socket"))).post("/Plugin.Activate")

    assert "VolumeDriver" in answer.json()["Implements"]
    server.shutdown()
    server.server_close()


def test_a_legacy_plugin_leaves_no_socket(tmp_path):
    with LegacyPlugin("mine", str(tmp_path)) as legacy:
        endpoint = Endpoint(path=f"{tmp_path}/run/docker/plugins/mine.sock")
        Client(endpoint).post("/Plugin.Activate")

    assert legacy.calls_of("Plugin.Activate") == [{}]
    assert not os.path.exists(endpoint.path)


def test_the_archive_has_a_configuration_and_a_root_file_system():
    members = unpack(make_plugin(Description="mine"))

    config = json.loads(members["config.json"].content)
    assert (config["Description"], config["Interface"]["Types"]) == ("mine", ["docker.volumedriver/1.0"])
    assert {"rootfs", "rootfs/plugin.py"} <= members.keys()


def test_no_two_archives_have_the_same_layer():
    first, second = (unpack(make_plugin())["rootfs/id"].content for _ in range(2))

    assert first != second


def test_the_program_runs_by_itself_and_ends_on_sigterm(tmp_path):
    (tmp_path / "plugin.py").write_bytes(unpack(make_plugin())["rootfs/plugin.py"].content)
    config = json.loads(unpack(make_plugin())["config.json"].content)
    command = [*config["Entrypoint"][:-2], str(tmp_path / "plugin.py"), str(tmp_path / "socket")]
    process = subprocess.Popen(command, env={"DEBUG": "1"})
    client = Client(Endpoint(path=str(tmp_path / "socket")))

    def answers():
        try:
            return client.post("/Plugin.Activate").ok
        except DaemonFault:
            return False

    assert becomes_true(answers, 20)
    process.terminate()
    assert process.wait(10) == 0
