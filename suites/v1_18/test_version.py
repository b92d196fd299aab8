"""GET /version, as API v1.18 changed it: the platform."""

import os

import pytest

from conformance import assert_type, at, since
from conformance.testing import read_architecture


@since("1.18/version-platform")
@pytest.mark.parametrize("field", ["Os", "Arch", "KernelVersion"])
def test_platform_is_told(api, field):
    document = api.get("/version").json()

    value = assert_type(document, field, str)
    assert value


@since("1.18/version-platform")
@pytest.mark.needs("daemon-host")
@pytest.mark.parametrize(
    ("field", "fact"), [("Os", "linux"), ("KernelVersion", os.uname().release)], ids=["Os", "KernelVersion"]
)
def test_platform_is_that_of_the_machine(api, field, fact):
    value = at(api.get("/version").json(), field)

    assert value == fact


@since("1.18/version-platform")
@pytest.mark.needs("daemon-host")
def test_architecture_is_that_of_the_daemons_program(api, daemon):
    value = at(api.get("/version").json(), "Arch")

    assert value == read_architecture(f"/proc/{daemon.pid}/exe")
