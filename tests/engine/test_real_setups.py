"""Daemons that are set up as people set them up: what only the set-up decides is no deviation."""

from __future__ import annotations

import pytest
from few_cases import deviations, run
from needs import DOCKERD

from conformance.engine.private.daemon import PrivateDaemon
from conformance.model.verdicts import Verdict

pytestmark = [pytest.mark.engine, DOCKERD]


def test_a_daemon_without_logs_is_asked_what_is_not_about_logs(tmp_path):
    changes = (
        "1.18/hostconfig-memory",
        "1.18/ulimits-create",
        "1.17/start-read-only-root",
        "1.21/binds-volume",
    )
    with PrivateDaemon(arguments=["--log-driver=none"]) as daemon:
        _, report = run(daemon.endpoint, tmp_path, "1.21", changes)

    assert deviations(report) == []


def test_what_a_user_namespace_forbids_is_not_asked_of_a_daemon_that_maps_users(tmp_path):
    changes = (
        "1.15/create-takes-host-config",
        "1.18/hostconfig-pidmode",
        "1.18/cgroupparent",
        "1.21/networks-create-ipam",
        "1.21/volumes-create-options",
        "reference/containers-create-network-host",
        "reference/containers-create-ports",
    )
    with PrivateDaemon(arguments=["--userns-remap=default"]) as daemon:
        _, report = run(daemon.endpoint, tmp_path, "1.21", changes)

    assert deviations(report) == []
    unavailable = [result for result in report.results if result.verdict is Verdict.UNAVAILABLE]
    assert sorted(result.case.key.partition("::")[2] for result in unavailable) == [
        "test_a_container_on_the_network_of_the_host_shares_it_with_others_there@1.21",
        "test_inspect_shows_it_before_the_first_start[Privileged]@1.21",
        "test_the_process_has_the_number_that_the_host_knows[host]@1.21",
    ]
    assert all("user namespace" in result.reason for result in unavailable)
