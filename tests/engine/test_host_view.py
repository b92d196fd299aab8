"""A container as witness of a daemon's host that cannot be looked at."""

from __future__ import annotations

import os
import subprocess

import pytest
from hostile.running import command
from needs import DOCKERD
from networking import NGINX, nginx, tcp_port

from conformance.catalogue import Mutant, load
from conformance.engine.host_cgroups import HostCgroups
from conformance.engine.host_view import HostView, build_script, parse_view
from conformance.engine.identity import Daemon, HostFacts, Identity
from conformance.engine.private.daemon import PrivateDaemon
from conformance.engine.requirements import assess, refine
from conformance.engine.targets import choose
from conformance.environment import cleanup
from conformance.environment.first_container import run_first_container
from conformance.environment.ledger import Ledger, new_run
from conformance.environment.test_image import make_test_image
from conformance.http.client import Client
from conformance.http.endpoint import Endpoint
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation.faults.registry import build_fault
from conformance.mutation.proxy.rule import Rule, compile_path
from conformance.mutation.proxy.server import Proxy
from conformance.report.file import read_report

CGROUP_NEEDS = {name for name, need in load().needs.items() if need.cgroup_v1}
EVERYTHING = HostView("4.19.0", "v1", frozenset(CGROUP_NEEDS), False)


def daemon(**info):
    host, needs = assess(0, "it runs elsewhere", info, None, None, "")
    return Daemon(
        target="x",
        sentence="why",
        endpoint=Endpoint(host="h", port=1),
        identity=Identity(name="x", version="1", newest=ApiVersion(1, 41), oldest=ApiVersion(1, 12)),
        host=host,
        capabilities=needs,
    )


@pytest.mark.parametrize("cgroups", ["v1", ""])
@pytest.mark.parametrize(
    ("options", "remapped", "there"),
    [
        (["name=userns"], True, False),
        (["name=userns"], False, True),
        (["name=rootless"], True, False),
        (["name=rootless"], False, True),
        (["name=seccomp"], True, True),
    ],
    ids=["both", "the daemon alone", "both of rootless", "the daemon alone of rootless", "a container alone"],
)
def test_namespaces_of_the_host_are_missing_where_the_daemon_and_a_container_say_so(
    options, remapped, there, cgroups
):
    view = EVERYTHING._replace(user_namespace=remapped, cgroups=cgroups)

    found = refine(daemon(SecurityOptions=options), view)

    assert (found.missing("host-namespaces") == "") is there
    assert (found.missing("host-root") == "") is (there or "name=rootless" not in options)


def test_the_script_shows_the_kernel_and_ends():
    done = subprocess.run(
        ["sh", "-c", build_script(load().needs)], capture_output=True, text=True, check=False
    )

    view = parse_view(done.stdout)
    assert view is not None
    assert view.kernel == os.uname().release


def test_output_that_is_cut_is_no_view():
    assert parse_view("kernel 5.0\nneed cpuset\n") is None


def test_a_container_contradicts_a_daemon_that_denies_its_kernel():
    before = daemon(MemoryLimit=False, KernelVersion="6.1.0")
    after = refine(before, EVERYTHING)

    assert all(before.missing(need) for need in CGROUP_NEEDS)
    assert not any(after.missing(need) for need in (*CGROUP_NEEDS, "memory-cgroup-v1"))
    assert (after.host.source, after.host.kernel, after.host.cgroups) == ("container", "4.19.0", "v1")


def test_a_container_contradicts_a_daemon_that_claims_what_its_kernel_lacks():
    after = refine(daemon(MemoryLimit=True, CPUSet=True), HostView("6.1", "v2", frozenset(["cpuset"]), False))

    assert after.missing("cpuset") == ""
    assert "no file for it in its cgroup v2" in after.missing("memory-cgroup")
    assert after.missing("memory-cgroup-v1")
    assert after.missing("kernel-memory")


def test_a_container_that_is_shown_no_control_groups_is_no_witness():
    before = daemon(MemoryLimit=True)

    assert refine(before, HostView("4.19", "", frozenset(), False)) == before


@pytest.mark.parametrize(("user_namespace", "excused"), [(True, True), (False, False)])
def test_a_daemon_makes_no_control_groups_only_if_its_containers_are_in_a_user_namespace(
    user_namespace, excused
):
    view = EVERYTHING._replace(user_namespace=user_namespace)
    after = refine(daemon(CgroupDriver="none"), view)

    assert bool(after.missing("memory-cgroup")) is excused


def test_facts_of_a_container_survive_json():
    facts = HostFacts(source="container", kernel="6.1", cgroups="v2")
    after = Daemon.from_json(refine(daemon(), EVERYTHING).to_json())

    assert after.host == refine(daemon(), EVERYTHING).host
    assert facts.source == after.host.source


@pytest.fixture(scope="module")
def real():
    with PrivateDaemon() as running:
        yield running


@pytest.mark.engine
@DOCKERD
def test_a_container_of_a_real_daemon_sees_what_its_process_has(real, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    ledger = Ledger(new_run("unix:///nowhere"), "controller")
    client = Client(real.endpoint, ApiVersion(1, 41))
    first = run_first_container(client, ledger, make_test_image(client, ledger))
    cgroups = HostCgroups(real.daemon_pid)

    assert (first.talks_upgraded, first.talks_raw) == (True, True)
    assert (first.view.kernel, first.view.user_namespace) == (os.uname().release, False)
    if first.view.cgroups:
        needs = load().needs
        assert first.view.needs == {name for name in CGROUP_NEEDS if not cgroups.missing_file(needs[name])}
    assert client.get("/containers/json", {"all": 1}).json() == []
    assert cleanup.sweep(client, ledger.info) == []


@pytest.mark.engine
@DOCKERD
def test_a_daemon_over_tcp_that_denies_its_kernel_is_asked_all_the_same(real, tmp_path):
    with choose(real.endpoint.url).open() as known:
        if known.missing("memory-cgroup"):
            pytest.skip("the kernel has no limits of memory")
    denial = build_fault(Mutant(name="m", fault="alter", args={"member": "MemoryLimit", "value": False}))
    with Proxy(real.endpoint) as proxy, tcp_port(proxy.endpoint.path) as port:
        proxy.set_rule(Rule(denial, (("GET", compile_path("/info")),)))
        arguments = (
            "--host",
            f"tcp://127.0.0.1:{port}",
            "--api",
            "1.21",
            "--change",
            "1.18/hostconfig-memory",
        )
        ran = command("run", *arguments, "--report", "report.jsonl", folder=tmp_path)

    report = read_report(tmp_path / "report.jsonl")
    assert ran.code == 0, ran
    assert {result.verdict for result in report.results} == {Verdict.PASS}


@pytest.mark.engine
@DOCKERD
@NGINX
def test_a_lost_upgrade_is_found_on_an_engine_without_other_hijacked_routes(real, tmp_path):
    """As of Podman, and of Docker before API v1.39."""
    absent = build_fault(Mutant(name="m", fault="answer", args={"status": 404, "json": {"message": "none"}}))
    with Proxy(real.endpoint) as proxy, nginx(tmp_path / "n", proxy.endpoint.path) as port:
        proxy.set_rule(Rule(absent, (("POST", compile_path("/grpc")),)))
        arguments = ("--host", f"tcp://127.0.0.1:{port}", "--change", "1.15/exec-start", "--api", "1.21")
        ran = command("run", *arguments, folder=tmp_path)

    assert ran.code == 2
    assert "a proxy (nginx/" in ran.err
    assert "does not forward the header Upgrade" in ran.err
    assert Client(real.endpoint).get("/images/json").json() == []
