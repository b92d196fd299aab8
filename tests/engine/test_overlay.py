"""Each line of the overlay is needed: a genuine engine's answers are not as documented without it."""

import base64
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from needs import DOCKERD

from conformance.catalogue.answers import Answers
from conformance.catalogue.operations import operations
from conformance.catalogue.overlay import overlay
from conformance.engine.plugins import make_plugin
from conformance.engine.private.daemon import PrivateDaemon
from conformance.environment.environment import Environment
from conformance.environment.images import TAR
from conformance.environment.ledger import Ledger, new_run
from conformance.environment.test_image import make_test_image
from conformance.http.client import Client
from conformance.http.documents import parse_json
from conformance.http.errors import Malformed
from conformance.model.versions import ApiVersion

pytestmark = [pytest.mark.engine, DOCKERD]
ENGINE = "docker-20.10.24"
VERSIONS = [ApiVersion(1, minor) for minor in range(24, 42)]
POOLS = [
    {"Subnet": "10.99.0.0/28", "Gateway": "10.99.0.1", "AuxiliaryAddresses": {"host": "10.99.0.2"}},
    {"Subnet": "fd99::/64", "Gateway": "fd99::1"},
]
IN_A_SWARM = ["GET /nodes", "GET /services", "GET /swarm", "GET /tasks", "GET /secrets", "GET /configs"]


@pytest.fixture(scope="module")
def answers():
    """What an engine with rich objects answers in each version: operation, version, response."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "suites"))
    from fixtures.shapes import make_containers, make_image

    with PrivateDaemon("dockerd") as daemon:
        client = Client(daemon.endpoint, VERSIONS[-1])
        if client.get("/version").json()["Version"].split("+")[0] != ENGINE.removeprefix("docker-"):
            pytest.skip(f"the dockerd of this host is not {ENGINE}")
        ledger = Ledger(new_run(daemon.endpoint.url), "overlay")
        image = make_test_image(client, ledger)
        env = Environment(client.at(VERSIONS[-1], "environment"), ledger, image)
        name = env.reserve_name("plugin")
        env.post("/plugins/create", {"name": name}, body=make_plugin(), headers=TAR)
        try:
            yield list(answers_of(env, make_containers(env, POOLS), make_image(env)))
        finally:
            env.close()


def answers_of(env, rich, image):
    """Each answer of the engine, first outside and then inside of a swarm."""
    instance = env.create_exec(rich.running, "true")
    exec_path = f"/exec/{instance}/json"
    # the references up to this one give it another type of content
    yield "GET /exec/(id)/json", ApiVersion(1, 21), env.client.at(ApiVersion(1, 21), "check").get(exec_path)
    for version in VERSIONS:
        api = env.client.at(version, "check")
        asked = [
            ("GET /exec/(id)/json", exec_path, {}),
            ("GET /containers/(id)/json", f"/containers/{rich.running}/json", {}),
            ("GET /containers/(id)/json", f"/containers/{rich.created}/json", {}),
            ("GET /containers/(id)/logs", f"/containers/{rich.running}/logs", {}),
            ("GET /containers/(id)/top", f"/containers/{rich.created}/top", {}),
            ("GET /images/(name)/json", f"/images/{image}/json", {}),
            ("GET /networks", "/networks", {}),
            ("GET /networks/(id)", f"/networks/{rich.network}", {}),
            ("GET /plugins", "/plugins", {}),
            ("GET /system/df", "/system/df", {}),
            ("DELETE /containers/(id)", f"/containers/{rich.running}", {}),
            ("DELETE /networks/(id)", "/networks/bridge", {}),
            ("POST /containers/(id)/kill", f"/containers/{rich.created}/kill", {}),
            ("POST /containers/(id)/pause", f"/containers/{rich.created}/pause", {}),
            ("POST /containers/(id)/rename", f"/containers/{rich.created}/rename", {}),
            ("POST /networks/create", "/networks/create", {"Name": rich.network, "CheckDuplicate": True}),
            *((name, name.partition(" ")[2], {}) for name in IN_A_SWARM),
        ]
        for name, path, body in asked:
            method = name.partition(" ")[0]
            yield name, version, api.request(method, path, **({"json": body} if body else {}))
    env.post("/swarm/init", json={"ListenAddr": "127.0.0.1:2377", "AdvertiseAddr": "127.0.0.1:2377"})
    for version in VERSIONS:
        api = env.client.at(version, "check")
        body = {"Name": f"x{version.minor}", "Data": base64.b64encode(b"x").decode(), "Labels": {}}
        for noun in ("secrets", "configs"):
            yield f"POST /{noun}/create", version, api.post(f"/{noun}/create", json=body)
        for name in IN_A_SWARM:
            yield name, version, api.get(name.partition(" ")[2])


def deviations(documents, name, version, response):
    """What is not as documented, in words."""
    operation = operations()[name]
    if version not in operation:
        return []
    if response.status not in documents.statuses(operation, version):
        return [f"status {response.status}"]
    found = []
    if response.ok and (kind := (response.header("Content-Type") or "").partition(";")[0]):
        found += [kind] if kind not in documents.produces(operation, version) else []
    with suppress(Malformed):
        rows = documents.violations(operation, str(response.status), version, parse_json(response.body))
        found += [str(row) for row in rows]
    return found


def test_an_engine_needs_each_line_that_names_it(answers):
    whole = Answers(overlay())
    unneeded = []
    for line in overlay().lines:
        if ENGINE in line.engines:
            without = Answers(overlay().without(line))
            if not any(set(deviations(without, *row)) - set(deviations(whole, *row)) for row in answers):
                unneeded.append(line.key)

    assert unneeded == []


def test_an_engine_deviates_from_nothing_else(answers):
    whole = Answers(overlay())
    found = {
        f"{name}: {text}"
        for name, version, response in answers
        if version >= ApiVersion(1, 25)
        for text in deviations(whole, name, version, response)
    }

    assert found == set()
