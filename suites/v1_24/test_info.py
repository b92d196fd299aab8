"""GET /info, as API v1.24 changed it: the security options, and no execution driver."""

import pytest

from conformance import ABSENT, array, assert_type, at, before, since
from conformance.testing import Unavailable, read_status


@since("1.24/info-securityoptions")
def test_security_options_are_a_list_of_strings(api):
    options = assert_type(api.get("/info").json(), "SecurityOptions", list)

    assert all(isinstance(option, str) and option for option in options), options


@pytest.fixture
def filtered_process(env):
    """Says that the system calls of containers are filtered (seccomp)."""
    status = env.share(
        "status of a process", lambda: env.execute(env.idle_container(), "cat", "/proc/self/status")
    )
    if read_status(status.stdout, "Seccomp") != "2":
        raise Unavailable("the system calls of containers are not filtered here")


@since("1.24/info-securityoptions")
@pytest.mark.usefixtures("filtered_process")
def test_security_options_name_seccomp_where_system_calls_are_filtered(api):
    options = array(api.get("/info").json(), "SecurityOptions")

    assert any("seccomp" in option for option in options), options


@since("1.24/info-securityoptions-names")
def test_security_options_are_bare_names(api):
    options = array(api.get("/info").json(), "SecurityOptions")

    # A rootless daemon says that as well: no document forbids further names.
    assert all(option in ("apparmor", "seccomp", "selinux", "rootless") for option in options), options


@since("1.24/info-no-executiondriver")
def test_there_is_no_execution_driver(api):
    assert at(api.get("/info").json(), "ExecutionDriver") is ABSENT


@before("1.24/info-no-executiondriver")
def test_there_is_an_execution_driver(api):
    assert_type(api.get("/info").json(), "ExecutionDriver", str)
