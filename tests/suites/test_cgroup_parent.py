"""The parents of control groups that the suite makes itself."""

import subprocess

import pytest

from v1_18.test_cgroup_parent import MAKE


@pytest.fixture
def make(tmp_path):
    """Runs the script on a directory in place of the mounted cgroups; returns the directory."""

    def run(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
        ran = subprocess.run(
            ["sh", "-c", MAKE.replace("/host", str(tmp_path)), "parent"],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        return tmp_path

    return run


def test_a_parent_of_version_1_has_cpus_and_memory_nodes(make):
    """Engines up to 1.9 do not fill them in, so that no process can enter the group."""
    root = make(cpuset__cpuset_cpus="0-1\n", cpuset__cpuset_mems="0\n", memory__memory_limit="x")

    assert (root / "cpuset/parent/cpuset.cpus").read_text() == "0-1\n"
    assert (root / "cpuset/parent/cpuset.mems").read_text() == "0\n"
    assert list((root / "memory/parent").iterdir()) == []


def test_a_parent_of_version_2_is_one_group(make):
    root = make(cgroup_procs="", system__cgroup_procs="")

    assert list((root / "parent").iterdir()) == []
    assert not (root / "system/parent").exists()
