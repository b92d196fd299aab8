"""The network of containers: joined where that works, else what the daemon gives, else none."""

import pytest
from emulated import Engine, environment_on
from hostile.daemon import document

from conformance.model.errors import FixtureError

pytestmark = pytest.mark.usefixtures("state")


class Networks(Engine):
    """Starts no container whose network is in `lacks`; ``""`` is the one that the daemon gives by default."""

    def __init__(self, *lacks, reason="network not found"):
        super().__init__()
        self.lacks, self.reason = lacks, reason

    def answer(self, asked):
        if asked.path.endswith("/start") and network_of(self.hosts[asked.path.split("/")[-2]]) in self.lacks:
            asked.connection.sendall(document({"message": self.reason}, "500 No"))
        else:
            super().answer(asked)


def network_of(host):
    """The network that a HostConfig names, without the container that is joined."""
    return host.get("NetworkMode", "").partition(":")[0]


def modes_on(folder, engine):
    """The network of a container by default, and of one that needs its own."""
    with environment_on(folder, engine) as env:
        bodies = (env.container_body(), env.container_body(own_network=True))
        return [network_of(body["HostConfig"]) for body in bodies]


@pytest.mark.parametrize(
    ("lacks", "modes"),
    [
        ((), ["container", ""]),
        (("bridge",), ["container", ""]),
        (("container",), ["", ""]),
        (("",), ["container", "none"]),
        (("", "container"), ["none", "none"]),
    ],
    ids=["nothing", "bridge", "joining", "default", "default and joining"],
)
def test_a_container_has_the_best_network_that_the_daemon_starts(lacks, modes, tmp_path):
    assert modes_on(tmp_path, Networks(*lacks)) == modes


def test_a_container_that_does_not_start_for_another_reason_gets_no_other_network(tmp_path):
    engine = Networks("", reason="no space left on device")

    with environment_on(tmp_path, engine) as env, pytest.raises(FixtureError, match="no space left"):
        env.container_body()
    assert "none" not in map(network_of, engine.hosts.values())


@pytest.mark.parametrize("member", ["MacAddress", "Hostname", "Domainname", "ExposedPorts"])
def test_a_member_of_a_network_gives_a_container_its_own(member, tmp_path):
    with environment_on(tmp_path, Networks()) as env:
        assert env.container_body(**{member: "x"})["HostConfig"] == {}


def test_a_network_that_a_check_names_is_left_alone(tmp_path):
    with environment_on(tmp_path, Networks()) as env:
        host = env.container_body(own_network=True, HostConfig={"NetworkMode": "host"})["HostConfig"]
        assert host == {"NetworkMode": "host"}
