import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from conformance.engine import tempdir
from conformance.engine.private.helper_process import Helper


@pytest.fixture
def base():
    """A directory whose path is short enough for sockets, which pytest's own is not."""
    path = tempfile.mkdtemp(dir="/tmp")
    yield path
    shutil.rmtree(path)


def dead_owner(path):
    """Make the directory one of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    record = [tempdir._identity(ended.pid)]
    ended.wait()
    Path(path, "owner.json").write_text(json.dumps(record))


def test_directory_of_a_living_process_is_not_stale(base):
    path = tempdir.create(base)

    assert tempdir.find_stale([base]) == []
    assert tempdir.remove(path) == []


def test_directory_of_an_ended_process_is_stale_and_goes(base):
    path = tempdir.create(base)
    dead_owner(path)
    Path(path, "data/deep").mkdir(parents=True)
    Path(path, "data/link").symlink_to("/etc")

    assert tempdir.find_stale([base]) == [path]
    assert tempdir.remove(path) == []
    assert os.listdir(base) == []
    assert Path("/etc/passwd").exists()


def test_process_id_that_was_given_away_again_does_not_own(base):
    path = tempdir.create(base)
    Path(path, "owner.json").write_text(json.dumps([{"pid": os.getpid(), "start": 1}]))

    assert tempdir.find_stale([base]) == [path]


def test_one_living_owner_is_enough(base):
    path = tempdir.create(base)
    dead_owner(path)
    tempdir.add_owner(path, os.getpid())

    assert tempdir.find_stale([base]) == []


def test_owner_that_was_dead_when_recorded_does_not_count(base):
    path = tempdir.create(base)
    Path(path, "owner.json").write_text(json.dumps([{"pid": 2**22 - 1, "start": 0}]))

    assert tempdir.find_stale([base]) == [path]


@pytest.mark.parametrize("name", ["other", "docker-conformance-without-owner"])
def test_what_is_not_ours_is_left_alone(name, base):
    Path(base, name).mkdir()

    assert tempdir.find_stale([base]) == []


def test_link_to_a_directory_is_not_taken_for_one(base):
    path = tempdir.create(base)
    dead_owner(path)
    Path(base, "docker-conformance-link").symlink_to(path)

    assert tempdir.find_stale([base]) == [path]


def test_long_base_makes_way_for_a_short_path(tmp_path):
    path = tempdir.create(str(tmp_path / ("x" * 100)))

    assert len(path) < 80
    assert tempdir.remove(path) == []


def test_removing_twice_is_no_error(base):
    path = tempdir.create(base)

    assert tempdir.remove(path) == []
    assert tempdir.remove(path) == []


def test_helper_ends_with_its_pipe(tmp_path):
    helper = Helper(
        "relay",
        {
            "path": str(tmp_path / "s"),
            "port": 1,
            "network_of": None,
            "command": [],
            "environment": {},
            "directory": None,
        },
        str(tmp_path / "log"),
    )

    assert helper.receive() == {"port": 1}
    helper.close()
    assert helper.has_ended()


def test_an_empty_directory_without_a_record_is_stale_after_a_minute(base):
    """What a kill leaves between two steps of making or removing one."""
    path = Path(base, f"{tempdir.PREFIX}husk")
    path.mkdir()
    fresh = tempdir.find_stale([base])
    os.utime(path, (0, 0))

    assert fresh == []
    assert tempdir.find_stale([base]) == [str(path)]
    assert tempdir.remove(str(path)) == []
