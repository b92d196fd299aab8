"""Volumes on engines of all times: by name where there are endpoints, else by their directory on the daemon's host."""

from types import SimpleNamespace

import pytest

from conformance.http.messages import Response
from conformance.model.errors import FixtureError
from fixtures.volumes import Volume, find_out_whether_it_exists, find_volume


class Daemon:
    """Answers to GET by path; every other path is an unknown route."""

    def __init__(self, root=None, **answers):
        self.pid, self.root, self.client = int(root is not None), root, self
        self.answers = {path.replace("_", "/"): status for path, status in answers.items()}

    def get(self, path):
        return Response(self.answers.get(path, 404))


@pytest.mark.parametrize(
    ("answers", "exists"),
    [({"_volumes_v": 200, "_volumes": 200}, True), ({"_volumes": 200}, False)],
    ids=["there", "gone"],
)
def test_a_volume_is_looked_for_by_its_name(answers, exists):
    daemon = Daemon(**answers)

    assert find_out_whether_it_exists(daemon, daemon, Volume("v", "/volumes/v/data")) is exists


@pytest.mark.parametrize("name", ["", "v"])
def test_without_endpoints_a_volume_is_looked_for_on_the_host(tmp_path, name):
    """Engines before API v1.21."""
    daemon, place = Daemon(tmp_path), tmp_path / "vfs" / "dir" / "v"
    place.mkdir(parents=True)
    assert find_out_whether_it_exists(daemon, daemon, Volume(name, "/vfs/dir/v"))

    place.rmdir()

    assert not find_out_whether_it_exists(daemon, daemon, Volume(name, "/vfs/dir/v"))


@pytest.mark.parametrize("place", ["/nowhere/volumes/v/data", ""])
def test_where_neither_can_be_asked_nothing_is_said(tmp_path, place):
    for daemon in (Daemon(tmp_path), Daemon()):
        with pytest.raises(FixtureError, match="its host cannot be looked at"):
            find_out_whether_it_exists(daemon, daemon, Volume("v", place))


@pytest.mark.parametrize(
    ("document", "volume"),
    [
        ({"Mounts": [{"Destination": "/data", "Name": "v", "Source": "/place"}]}, Volume("v", "/place")),
        ({"Mounts": [{"Destination": "/other", "Name": "v", "Source": "/place"}]}, None),
        ({"Volumes": {"/data": "/place"}, "VolumesRW": {"/data": True}}, Volume("", "/place")),
        ({"Volumes": None}, None),
        ({}, None),
    ],
)
def test_a_volume_of_a_container_is_found_in_both_forms(document, volume):
    env = SimpleNamespace(get=lambda path: document)

    assert find_volume(env, "container", "/data") == volume
