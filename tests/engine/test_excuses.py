"""A real daemon with one false statement about itself: it fails where it lies, and is asked everything else."""

from __future__ import annotations

import pytest
from hostile.running import command
from needs import DOCKERD

from conformance.catalogue import Mutant
from conformance.engine.private.daemon import PrivateDaemon
from conformance.model.verdicts import Verdict
from conformance.mutation.faults.registry import build_fault
from conformance.mutation.proxy.rule import Rule, compile_path
from conformance.mutation.proxy.server import Proxy
from conformance.report.file import read_report

pytestmark = [pytest.mark.engine, DOCKERD]


@pytest.fixture(scope="module")
def daemon():
    with PrivateDaemon() as running:
        yield running


@pytest.mark.parametrize(
    ("route", "member", "value", "change", "fails"),
    [
        ("/version", "KernelVersion", "2.6.32", "1.18/version-platform", True),
        ("/version", "Arch", "s390x", "1.18/version-platform", True),
        ("/info", "KernelVersion", "2.6.32", "1.18/version-platform", False),
        ("/info", "CgroupDriver", "none", "1.18/hostconfig-memory", False),
        ("/info", "DockerRootDir", "/no/such", "1.18/version-platform", False),
        ("/info", "SecurityOptions", ["name=userns"], "1.18/hostconfig-pidmode", False),
        ("/info", "SecurityOptions", ["name=rootless"], "1.18/hostconfig-pidmode", False),
    ],
)
def test_a_false_statement_excuses_the_daemon_from_nothing(
    route, member, value, change, fails, daemon, tmp_path
):
    fault = build_fault(Mutant(name="lie", fault="alter", args={"member": member, "value": value}))
    with Proxy(daemon.endpoint) as proxy:
        proxy.set_rule(Rule(fault, (("GET", compile_path(route)),)))
        arguments = ("--host", proxy.endpoint.url, "--api", "1.21", "--change", change)
        ran = command("run", *arguments, "--report", "report.jsonl", folder=tmp_path)
    verdicts = [result.verdict for result in read_report(tmp_path / "report.jsonl").results]

    assert ran.code in (0, 1), ran
    assert verdicts
    assert Verdict.UNAVAILABLE not in verdicts
    assert (Verdict.FAIL in verdicts) is fails
