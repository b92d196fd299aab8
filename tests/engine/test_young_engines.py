"""Engines that lack something which no check is about: what needs it not is still asked.

Podman 3.0.1 is emulated in front of a real Docker: its import drops the name of the image, a container that asks for the
network ``bridge`` does not start, and none is created from the id of an image with two names. A younger one loads no image.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import few_cases
import pytest
from hostile.running import command
from needs import DOCKERD

from conformance.engine.private.daemon import PrivateDaemon
from conformance.http.client import Client
from conformance.model.text import plural
from conformance.model.verdicts import Verdict
from conformance.mutation.proxy import http_edits
from conformance.mutation.proxy.fault import Fault
from conformance.mutation.proxy.rule import Rule, compile_path
from conformance.mutation.proxy.server import Proxy
from conformance.report.causes import find_causes
from conformance.report.file import read_report

pytestmark = [pytest.mark.engine, DOCKERD]

#: Of everything that stands on the image, on a container that runs, or on a container with a network of its own.
CHANGES = (
    "1.15/exec-start",
    "1.15/save-one-tag",
    "1.16/events-filters",
    "1.16/create-takes-mac-address",
    "1.17/rename",
    "1.21/build-args",
    "1.21/stats-networks",
    "1.20/archive-put",
    "1.20/commit-changes",
    "1.21/networks-connect",
    "1.21/image-inspect-repotags",
)


def has_two_names(daemon, image):
    client = Client(daemon.endpoint)
    answer = client.get(f"/images/{image}/json")
    client.close()
    return answer.ok and len(answer.json()["RepoTags"]) > 1


def ask_as_podman_does(request, daemon):
    """The request with which Docker does what Podman 3.0.1 does for the original."""
    path = http_edits.strip_version(request.path)
    if path == "/images/create" and "fromSrc" in request.target:
        target = request.target
        for parameter in ("repo", "tag"):
            target = http_edits.set_query(target, parameter, None)
        return replace(request, target=target)
    if path == "/containers/create" and request.body:
        body = json.loads(request.body)
        host = body.get("HostConfig") or {}
        if host.get("NetworkMode") == "bridge":
            body["HostConfig"] = {**host, "NetworkMode": "no-such-network"}
        if body.get("Image", "").startswith("sha256:") and has_two_names(daemon, body["Image"]):
            body["Image"] = "no-such-image"
        return replace(request, body=json.dumps(body).encode())
    return request


@pytest.fixture(params=[True, False], ids=["loads images", "loads none"])
def podman(request):
    """The socket of the emulated engine."""
    with PrivateDaemon() as daemon, Proxy(daemon.endpoint) as proxy:

        def ask(asked):
            if http_edits.strip_version(asked.path) == "/images/load":
                return asked if request.param else replace(asked, target="/no-such-route")
            return ask_as_podman_does(asked, daemon)

        paths = ("/images/create", "/images/load", "/containers/create")
        proxy.set_rule(Rule(Fault(request=ask), tuple(("POST", compile_path(path)) for path in paths)))
        yield daemon, proxy


def run(podman, folder, *arguments, bound=300.0):
    daemon, proxy = podman
    ran = command(
        "run",
        "--host",
        proxy.endpoint.url,
        *arguments,
        "--report",
        "report.jsonl",
        folder=folder,
        bound=bound,
    )
    report = read_report(folder / "report.jsonl")
    images = Client(daemon.endpoint).get("/images/json", {"all": 1}).json()
    return ran, report, images


def test_what_an_engine_lacks_blocks_only_what_is_about_it(podman, tmp_path):
    selection = [word for change in CHANGES for word in ("--change", change)]

    ran, report, images = run(podman, tmp_path, "--api", "1.21", *selection)

    blocked = [result.case.key for result in report.results if result.verdict is Verdict.BLOCKED]
    assert ran.code in (0, 1), ran
    assert blocked == []
    assert report.finished().leaks == []
    assert images == []


def test_an_engine_that_starts_no_container_is_reported_once_and_at_once(tmp_path):
    arguments = ("--log-driver", "fluentd", "--log-opt", "fluentd-address=127.0.0.1:1")
    refusal = "POST /containers/(name)/start was refused with 500: failed to initialize logging driver"

    with PrivateDaemon(arguments=arguments) as daemon:
        ran, report = few_cases.run(daemon.endpoint, tmp_path, "1.20,1.44", CHANGES)
    blocked = [result for result in report.results if result.verdict is Verdict.BLOCKED]
    (cause,) = find_causes(report.results)

    assert ran.code in (1, 3), ran
    assert len(blocked) > 10
    assert ran.err.count("failed to initialize logging driver") == 1
    assert f"blocked: fixture 'idle' failed: {refusal}" in ran.err
    assert cause.reason.startswith(refusal)
    assert ran.out.count(refusal) == 1
    amount = len({result.case.change for result in blocked})
    assert f"Blocked by one cause ({plural(amount, 'statement')}): {refusal}" in ran.out
    assert all(result.fixture and "failed:" not in result.reason for result in blocked)
    assert {str(result.case.version) for result in report.results} == {"1.20"}
    assert refusal in (tmp_path / "r.html").read_text()


@pytest.mark.nightly
def test_less_than_a_tenth_of_the_served_cases_is_blocked(podman, tmp_path):
    ran, report, images = run(podman, tmp_path, "--api", "1.24", "-n", "2", bound=1200)

    verdicts = Counter(result.verdict for result in report.results if result.verdict is not Verdict.UNSERVED)
    print(dict(verdicts))  # noqa: T201  the figures, with pytest -rP
    assert ran.code == 1, ran
    assert verdicts[Verdict.BLOCKED] < sum(verdicts.values()) / 10
    assert images == []
