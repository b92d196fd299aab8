"""GET /info, as API v1.16 changed it: the machine, and who the daemon is."""

import os
from pathlib import Path

import pytest

from conformance import assert_type, at, since


def memory_of_this_machine():
    rows = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return int(rows["MemTotal"].split()[0]) * 1024


@since("1.16/info-ncpu")
def test_ncpu_counts_cpus(api):
    document = api.get("/info").json()

    value = assert_type(document, "NCPU", int)
    assert value > 0


@since("1.16/info-ncpu")
@pytest.mark.needs("daemon-host")
def test_ncpu_is_that_of_the_machine(api, daemon):
    value = at(api.get("/info").json(), "NCPU")

    assert value in (os.cpu_count(), len(os.sched_getaffinity(daemon.pid)))


@since("1.16/info-mem-total")
def test_memtotal_counts_bytes(api):
    document = api.get("/info").json()

    value = assert_type(document, "MemTotal", int)
    assert value > 1024 * 1024


@since("1.16/info-mem-total")
@pytest.mark.needs("daemon-host")
def test_memtotal_is_that_of_the_machine(api):
    value = at(api.get("/info").json(), "MemTotal")

    assert value == pytest.approx(memory_of_this_machine(), abs=1024 * 1024)


@since("1.16/info-name")
def test_name_is_a_string(api):
    document = api.get("/info").json()

    value = assert_type(document, "Name", str)
    assert value.strip()


@since("1.16/info-id")
def test_id_stays_from_call_to_call(api, daemon):
    values = [at(client.get("/info").json(), "ID") for client in (api, api, api.at(daemon.newest))]

    assert isinstance(values[0], str), f"ID: expected a string, got {values[0]!r}"
    assert values[0]
    assert values == [values[0]] * 3


@since("1.16/info-labels")
def test_labels_are_a_list_of_strings(api):
    document = api.get("/info").json()

    labels = assert_type(document, "Labels", list, nullable=True)
    assert all(isinstance(label, str) for label in labels or [])


@since("1.16/info-labels-as-given")
def test_labels_are_those_that_were_given(api, daemon):
    document = api.get("/info").json()

    value = assert_type(document, "Labels", list)
    assert sorted(map(str, value)) == sorted(f"{key}={label}" for key, label in daemon.private.labels.items())


@since("1.16/info-host-details")
def test_driverstatus_is_a_list_of_lists_of_strings(api):
    document = api.get("/info").json()

    value = assert_type(document, "DriverStatus", list)
    assert all(isinstance(row, list) and all(isinstance(word, str) for word in row) for row in value)


@since("1.16/info-host-details")
@pytest.mark.parametrize("field", ["OperatingSystem", "DockerRootDir"])
def test_detail_is_a_string(api, field):
    document = api.get("/info").json()

    value = assert_type(document, field, str)
    assert value


@since("1.16/info-host-details")
@pytest.mark.needs("daemon-host")
def test_root_directory_is_there(api, daemon):
    document = api.get("/info").json()

    value = assert_type(document, "DockerRootDir", str)
    assert (daemon.root / value.lstrip("/")).is_dir()
