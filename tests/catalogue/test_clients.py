"""The versions that clients speak, and who can talk to whom."""

from __future__ import annotations

import re

import pytest

from conformance.catalogue.clients import clients, contact
from conformance.model.errors import CatalogueError
from conformance.model.versions import ApiVersion, Window

DOCKER_20 = "1.12-1.41"
DOCKER_28 = "1.24-1.51"
DOCKER_29_0 = "1.44-1.52"


def window(text):
    return Window(*(ApiVersion.parse(part) for part in text.split("-")))


def refused(served):
    """The clients that cannot talk to a daemon."""
    return {name for name, client in clients().items() if contact(client, window(served)).version is None}


def test_every_client_has_a_source():
    assert [name for name, client in clients().items() if not client.source.startswith("https://")] == []


def test_docker_29_refused_the_clients_that_broke_in_november_2025():
    broke = {"traefik-3-6-0", "testcontainers-java-1-21-3", "portainer-2-33-4", "watchtower-1-7"}

    assert broke <= refused(DOCKER_29_0)
    assert refused(DOCKER_29_0) - broke == {"docker-cli-20-10", "docker-cli-23-0", "docker-cli-24-0"}
    assert broke.isdisjoint(refused(DOCKER_28))


@pytest.mark.parametrize(
    ("name", "served", "version", "reason"),
    [
        ("traefik-3-6-0", DOCKER_29_0, None, "asks for 1.24 only; the daemon serves 1.44-1.52"),
        ("docker-cli-20-10", DOCKER_29_0, None, "speaks up to 1.41; the daemon serves 1.44-1.52"),
        ("docker-cli-29-0", DOCKER_20, None, "speaks 1.44 and newer; the daemon serves 1.12-1.41"),
        ("testcontainers-java-2-0-3", DOCKER_28, "1.44", ""),
        ("testcontainers-java-2-0-3", DOCKER_20, "1.32", ""),
        ("docker-cli-20-10", DOCKER_28, "1.41", ""),
        ("docker-sdk-python-7", DOCKER_28, "1.51", ""),
        ("docker-sdk-python-7", "1.12-1.23", None, "speaks 1.24 and newer; the daemon serves 1.12-1.23"),
        ("dockerode", "1.12-1.16", "1.16", ""),
    ],
)
def test_who_talks_to_whom_in_which_version(name, served, version, reason):
    found = contact(clients()[name], window(served))

    assert (found.version and str(found.version), found.reason) == (version, reason)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('fixed = ["1.24"]\nnewest = "1.30"', "clients.toml:4: [c] has `fixed`"),
        ('oldest = "1.30"\nnewest = "1.24"', "clients.toml:4: [c] runs backwards: 1.30 to 1.24"),
        ('newest = "x"', "not an API version"),
        ("speed = 1", "speed"),
    ],
)
def test_a_wrong_table_is_named_with_its_line(tmp_path, lines, message):
    path = tmp_path / "clients.toml"
    path.write_text(f'[c]\ntitle = "C"\nsource = "https://x"\n{lines}\n', "utf-8")

    with pytest.raises(CatalogueError, match=re.escape(message)):
        clients(path)
