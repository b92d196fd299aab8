"""The log driver of containers: the daemon's own where its logs can be read, else one that a container can choose."""

import pytest
from emulated import Engine, environment_on
from hostile.daemon import document

from conformance.environment.container_runs import start_body

pytestmark = pytest.mark.usefixtures("state")
JSON_FILE = {"Type": "json-file", "Config": {}}


class LogDriver(Engine):
    """Keeps the logs of containers whose driver is `kept`; `default` is that of a container that names none."""

    def __init__(self, default, kept="json-file"):
        super().__init__()
        self.default, self.kept = default, kept

    def answer(self, asked):
        path = asked.path.partition("?")[0]
        if path.endswith("/logs") and self.driver_of(path.split("/")[-2]) != self.kept:
            message = "configured logging driver does not support reading"
            asked.connection.sendall(document({"message": message}, "501 Not Implemented"))
        else:
            super().answer(asked)

    def driver_of(self, name):
        return self.hosts[name].get("LogConfig", {}).get("Type", self.default)


@pytest.mark.parametrize(
    ("engine", "wanted"),
    [(LogDriver("json-file"), None), (LogDriver("none"), JSON_FILE), (LogDriver("none", kept=""), None)],
    ids=["readable", "not readable", "never readable"],
)
def test_a_container_asks_for_a_log_driver_only_where_that_makes_its_log_readable(engine, wanted, tmp_path):
    with environment_on(tmp_path, engine) as env:
        bodies = env.container_body()["HostConfig"], start_body(env)

    assert [body.get("LogConfig") for body in bodies] == [wanted, wanted]


def test_a_check_that_names_a_log_driver_gets_that_one(tmp_path):
    chosen = {"Type": "syslog", "Config": {}}
    with environment_on(tmp_path, LogDriver("none")) as env:
        body = env.container_body(HostConfig={"LogConfig": chosen})

    assert body["HostConfig"]["LogConfig"] == chosen
