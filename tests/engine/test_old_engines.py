"""Engines of 2014 to 2016, each emulated in one point in front of a real Docker: what they lack, or do in another form that no
document excludes, makes no check fail and blocks none.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from few_cases import deviations, run
from late_streams import late_streams
from needs import DOCKERD
from old_engines import (
    archives_have_no_repositories_file,
    control_groups_are_hidden,
    import_events_have_id_and_tag,
    import_takes_no_changes,
    joined_containers_keep_their_names,
    log_entries_have_no_line_feed,
    logs_of_terminals_have_line_feeds,
    named_volumes_go_with_a_container,
    names_with_a_space_are_accepted,
    no_archive,
    no_volume_endpoints,
    output_of_a_terminal_is_lost,
    registries_are_asked_for_v1,
    stopped_containers_join_no_network,
    times_of_log_entries_are_left_out,
)
from schema1 import MEDIA_TYPE, sign_manifest

from conformance.engine.private.daemon import PrivateDaemon
from conformance.engine.registry import LocalRegistry, find_program
from conformance.environment import Environment, Ledger
from conformance.environment.cgroup_limits import PROBE_LIMITS, parse_limits
from conformance.environment.host_limits import show_host_limits
from conformance.environment.ledger import new_run
from conformance.environment.test_image import make_test_image
from conformance.http.client import Client
from conformance.model.errors import FixtureError
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.mutation.proxy.server import Proxy

pytestmark = [pytest.mark.engine, DOCKERD]


@pytest.fixture(scope="module")
def daemon():
    with PrivateDaemon() as running:
        yield running


def ask(engine, daemon, folder, api, changes):
    """The report of asking `changes` of an engine that is emulated in front of the daemon."""
    with Proxy(daemon.endpoint) as proxy:
        proxy.set_rule(engine(daemon.endpoint))
        return run(proxy.endpoint, folder, api, changes)[1]


@pytest.mark.parametrize(
    ("engine", "api", "changes"),
    [
        (import_takes_no_changes, "1.21", ["1.21/events-filter-image-label"]),
        (
            no_archive,
            "1.17",
            ["1.14/import-takes-repo-with-tag", "1.14/tag-parameter-still-works", "1.17/build-dockerfile"],
        ),
        (
            joined_containers_keep_their_names,
            "1.21",
            ["1.17/rename", "reference/containers-rename-again", "1.19/events-container-actions"],
        ),
        (
            named_volumes_go_with_a_container,
            "1.21",
            ["1.21/volumes-create", "1.16/copy-reads-volumes", "reference/volumes-delete-frees-the-name"],
        ),
        (archives_have_no_repositories_file, "1.21", ["1.15/save-one-tag", "1.15/save-several-images"]),
        (stopped_containers_join_no_network, "1.21", ["1.21/stats-networks", "1.21/networks-connect"]),
        (import_events_have_id_and_tag, "1.21", ["1.20/events-image-actions"]),
        (
            logs_of_terminals_have_line_feeds,
            "1.21",
            ["general/streams-are-raw-with-a-tty", "reference/logs-terminal"],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_no_document_promises_changes_no_verdict(engine, api, changes, daemon, tmp_path):
    report = ask(engine, daemon, tmp_path, api, changes)

    assert deviations(report) == []
    assert {result.case.change for result in report.results} == set(changes)


@pytest.mark.parametrize(
    ("engine", "api", "changes"),
    [
        (
            no_volume_endpoints,
            "1.16",
            [
                "1.14/remove-volumes",
                "1.16/volumes-ready-after-create",
                "1.16/volumes-hold-image-content",
                "1.16/copy-reads-volumes",
                "1.20/inspect-mounts",
            ],
        ),
        (
            control_groups_are_hidden,
            "1.19",
            [
                "1.18/hostconfig-memory",
                "1.18/hostconfig-cpushares",
                "1.18/build-memory",
                "1.18/build-cpushares",
                "1.19/hostconfig-cpuquota",
            ],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_only_the_host_shows_is_no_failure_where_it_cannot_be_looked_at(
    engine, api, changes, daemon, tmp_path
):
    """Behind the proxy the daemon's own process is not seen, so the host is no witness."""
    report = ask(engine, daemon, tmp_path, api, changes)

    assert {result.verdict for result in report.results} <= {Verdict.PASS, Verdict.BLOCKED}
    assert {result.case.change for result in report.results} == set(changes)


def test_limits_are_read_on_the_host(daemon, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    client = Client(daemon.endpoint, ApiVersion(1, 41))
    ledger = Ledger(new_run(daemon.endpoint.url), "test")
    env = Environment(client, ledger, make_test_image(client, ledger))
    seen = SimpleNamespace(pid=daemon.daemon_pid, root=Path(f"/proc/{daemon.daemon_pid}/root"))
    try:
        host = {"Memory": 64 << 20, "CpuShares": 300, "OomScoreAdj": 321}
        name = env.create_container("sleep", "86400", start=True, HostConfig=host)
        document = env.get(f"/containers/{name}/json")

        limits = parse_limits(show_host_limits(seen, document["Id"], document["State"]["Pid"]))

        assert limits == parse_limits(env.execute(name, "sh", "-c", PROBE_LIMITS).stdout)
        assert (limits.memory, limits.has_shares(300), limits.oom_score_adj) == (64 << 20, True, 321)
        with pytest.raises(FixtureError, match="is none of the container"):
            show_host_limits(seen, document["Id"], 1)
        with pytest.raises(FixtureError, match="cannot be looked at"):
            show_host_limits(SimpleNamespace(pid=0), document["Id"], document["State"]["Pid"])
    finally:
        env.close()


def test_streams_that_come_late_change_no_verdict(daemon, tmp_path):
    changes = (
        "1.14/force-removal-kills-at-once",
        "1.15/exec-start",
        "1.17/inspect-exec-ids-forgets-ended",
        "general/events-stream",
        "general/events-until-to-come",
    )
    with late_streams(tmp_path, daemon.endpoint.path) as endpoint:
        ran, report = run(endpoint, tmp_path, "1.21", changes)

    assert deviations(report) == []
    assert ran.seconds < 60, "a case waited for what does not come"


@pytest.mark.skipif(find_program() is None, reason="needs a registry program")
def test_an_engine_that_asks_for_the_first_protocol_of_registries_is_not_judged_by_them(daemon, tmp_path):
    changes = (
        "1.14/pull-takes-name-with-tag",
        "1.16/build-pull",
        "1.18/images-repodigests",
        "1.18/pull-unknown",
    )
    report = ask(registries_are_asked_for_v1, daemon, tmp_path, "1.18", changes)

    assert {result.verdict for result in report.results} == {Verdict.UNAVAILABLE}
    assert all("first version of their protocol" in result.reason for result in report.results)


@pytest.mark.skipif(find_program() is None, reason="needs a registry program")
def test_the_registry_of_a_run_takes_manifests_of_the_first_schema():
    """Engines up to 1.9 push no others. All that is wrong with this one is that its layer was not pushed before it."""
    manifest = sign_manifest(
        name="old",
        tag="1",
        architecture="amd64",
        fsLayers=[{"blobSum": f"sha256:{'0' * 64}"}],
        history=[{"v1Compatibility": "{}"}],
    )
    with LocalRegistry() as registry:
        login = base64.b64encode(f"{registry.username}:{registry.password}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Content-Type": MEDIA_TYPE}
        answer = Client(registry.endpoint).put("/v2/old/manifests/1", body=manifest, headers=headers)

    assert answer.status == 400
    assert [error["code"] for error in json.loads(answer.body)["errors"]] == ["MANIFEST_BLOB_UNKNOWN"]


def test_a_name_that_must_be_refused_and_is_not_is_a_failure_and_leaves_nothing(daemon, tmp_path):
    report = ask(
        names_with_a_space_are_accepted, daemon, tmp_path, "1.21", ["general/image-tag-bad-parameter"]
    )

    verdicts = {
        result.case.key.partition("[")[2].partition("]")[0]: result.verdict for result in report.results
    }
    assert (verdicts["space"], verdicts["empty part"]) == (Verdict.FAIL, Verdict.FAIL)
    assert Verdict.ERROR not in verdicts.values()
    assert Client(daemon.endpoint).get("/images/json", {"all": 1}).json() == []


@pytest.mark.parametrize(
    ("engine", "fails"),
    [
        (times_of_log_entries_are_left_out, {"reference/logs-timestamps"}),
        (log_entries_have_no_line_feed, {"reference/logs-streams"}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_odd_logs_fail_where_they_are_asked_for_and_are_no_error_elsewhere(engine, fails, daemon, tmp_path):
    changes = ("1.19/logs-since", "reference/logs-timestamps", "reference/logs-streams")
    report = ask(engine, daemon, tmp_path, "1.21", changes)

    found = {result.case.change for result in report.results if result.verdict is Verdict.FAIL}
    assert fails <= found
    assert "1.19/logs-since" not in found
    assert Verdict.ERROR not in {result.verdict for result in report.results}


def test_lost_output_of_a_terminal_differs_from_other_output(daemon, tmp_path):
    report = ask(output_of_a_terminal_is_lost, daemon, tmp_path, "1.21", ["1.15/exec-start"])

    reasons = [result.reason for result in report.results if result.verdict is Verdict.FAIL]
    assert len(reasons) == 1
    assert "got an empty stream" in reasons[0]
