import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from conformance.environment import rootfs
from conformance.model.errors import UsageError


@pytest.fixture(scope="module")
def members():
    with tarfile.open(fileobj=io.BytesIO(rootfs.make_rootfs())) as archive:
        return {member.name: member for member in archive.getmembers()}


def test_same_busybox_gives_same_bytes():
    assert rootfs.build_tar(rootfs.find_busybox()) == rootfs.make_rootfs()


def test_image_stays_small():
    assert len(rootfs.make_rootfs()) < 3 * 1024 * 1024


def test_busybox_inside_runs_without_a_loader(tmp_path):
    with tarfile.open(fileobj=io.BytesIO(rootfs.make_rootfs())) as archive:
        archive.extract("bin/busybox", tmp_path)

    assert rootfs.is_static(tmp_path / "bin/busybox")


def test_a_dynamic_program_is_not_taken_for_static():
    assert not rootfs.is_static(Path(shutil.which("ls")))


@pytest.mark.parametrize("applet", ["sh", "sleep", "cat", "id", "stat", "tar", "nc", "httpd", "env", "mount"])
def test_applet_that_checks_use_is_a_link(members, applet):
    assert members[f"bin/{applet}"].linkname == "busybox"


def test_fixture_keeps_owner_mode_and_time(members):
    file = members["fixtures/file"]

    assert (file.mode, file.uid, file.gid, file.mtime) == (0o640, 1000, 44, rootfs.MTIME)


def test_temporary_directory_is_sticky(members):
    assert members["tmp"].mode == 0o1777


def test_links_are_of_every_kind(members):
    kinds = {
        name: members[f"fixtures/{name}"].linkname for name in ("link", "absolute", "to-file", "dangling")
    }

    assert kinds == {"link": "dir", "absolute": "/fixtures/dir", "to-file": "file", "dangling": "nowhere"}


def test_nothing_of_the_host_stands_where_the_engine_mounts(members):
    assert not {"etc/resolv.conf", "etc/hosts", "etc/hostname"} & set(members)


def test_parents_stand_before_their_children(members):
    seen = {""}
    for name in members:
        parent = name.rpartition("/")[0]
        assert parent in seen
        seen.add(name)


def test_a_dynamic_busybox_is_refused_with_what_to_install(tmp_path, monkeypatch):
    fake = tmp_path / "busybox"
    shutil.copy(shutil.which("ls"), fake)
    monkeypatch.setattr(rootfs.os, "get_exec_path", lambda: [str(tmp_path)])
    monkeypatch.setattr(rootfs, "is_static", lambda path: False)

    with pytest.raises(UsageError, match=r"linked dynamically: install busybox-static, or name .* --image"):
        rootfs.find_busybox()


def test_busybox_of_an_interpreter_script_is_not_static(tmp_path):
    script = tmp_path / "busybox"
    script.write_text(f"#!{sys.executable}\n")

    assert not rootfs.is_static(script)


@pytest.mark.skipif(shutil.which("chroot") is None, reason="needs chroot")
def test_the_root_file_system_works(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    with tarfile.open(fileobj=io.BytesIO(rootfs.make_rootfs())) as archive:
        archive.extractall(tmp_path)
    shown = subprocess.run(
        ["chroot", tmp_path, "/bin/sh", "-c", "id -G tester; cat fixtures/link/one; ls -l fixtures/file"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert shown.stdout.startswith("1000 44\none\n-rw-r-----")
    assert "tester   video" in shown.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_a_directory_of_the_path_that_is_not_readable_is_passed_over(tmp_path, monkeypatch):
    busybox = rootfs.find_busybox()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("PATH", f"{closed}:{busybox.parent}")
    os.seteuid(65534)
    try:
        assert rootfs.find_busybox() == busybox
    finally:
        os.seteuid(0)
