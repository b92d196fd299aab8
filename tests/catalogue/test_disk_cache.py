"""The catalogue in the user's cache is the one in the files, and is read anew whenever anything about it is not right."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.catalogue import disk_cache
from conformance.catalogue.disk_cache import read_through
from conformance.catalogue.load import DATA, read
from conformance.model import codec

STATEMENT = """
[thing]
since = "1.19"
kind = "behaviour"
profile = "system"
endpoints = ["GET /info"]
says = "It is so."
sources = [{ document = "seed", section = "v1.19", item = 1 }]
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with one statement, and a cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    data = tmp_path / "package/catalogue/data"
    data.mkdir(parents=True)
    for name in ("documents.toml", "profiles.toml", "needs.toml"):
        shutil.copy(DATA / name, data)
    (data / "v1.19.toml").write_text(STATEMENT)
    (data.parent / "verify.py").write_text("")
    return tmp_path / "package"


@pytest.fixture
def cached(package):
    """Reads through the cache: what the catalogue says of the thing, and whether the files were read."""

    def call():
        reads = []

        def read_files():
            reads.append(1)
            return read(package / "catalogue/data")

        return read_through(read_files, package)["1.19/thing"].says, bool(reads)

    return call


def kept():
    """The files in the cache."""
    return list(disk_cache.user_cache().iterdir())


def content(catalogue):
    changes = list(catalogue.changes.values())
    return codec.to_builtins([changes, catalogue.documents, catalogue.profiles, catalogue.needs])


def test_the_whole_catalogue_comes_back_as_it_is_in_the_files(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    catalogue = read(DATA)

    first = read_through(lambda: catalogue)
    second = read_through(lambda: pytest.fail("the files were read"))

    assert first is catalogue
    assert content(second) == content(catalogue)
    assert second.digest == catalogue.digest


def test_the_files_are_read_once(cached):
    assert [cached(), cached()] == [("It is so.", True), ("It is so.", False)]
    assert len(kept()) == 1


@pytest.mark.parametrize("name", ["data/v1.19.toml", "data/profiles.toml", "verify.py"])
def test_a_changed_file_is_read_anew_and_replaces_what_was_kept(name, package, cached):
    cached()
    path = package / "catalogue" / name
    path.write_text(path.read_text("utf-8") + "# another line\n", "utf-8")

    assert [cached(), cached()] == [("It is so.", True), ("It is so.", False)]
    assert len(kept()) == 1


def test_a_new_file_is_seen(package, cached):
    cached()
    (package / "catalogue/data/v1.19.mutants.toml").write_text("")

    assert cached() == ("It is so.", True)


@pytest.mark.parametrize("damage", [
    lambda whole: b"",
    lambda whole: whole[: len(whole) // 2],
    lambda whole: whole.replace(b'"changes"', b'"chances"'),
    lambda whole: whole.replace(b'"1.19"', b'"new"'),
    lambda whole: whole + b"\xff",
])  # fmt: skip
def test_damaged_content_is_replaced(damage, cached):
    cached()
    path = kept()[0]
    whole = path.read_bytes()
    path.write_bytes(damage(whole))

    assert cached() == ("It is so.", True)
    assert path.read_bytes() == whole


def test_files_that_change_while_they_are_read_are_not_kept(package):
    def read_files():
        catalogue = read(package / "catalogue/data")
        (package / "catalogue/data/v1.19.toml").write_text(STATEMENT.replace("is so", "was so"))
        return catalogue

    read_through(read_files, package)

    assert not disk_cache.user_cache().exists()


@pytest.mark.parametrize("place", ["file/cache", "/proc/nothing"])
def test_without_a_place_to_keep_it_the_files_are_read(place, tmp_path, monkeypatch, cached):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / place))

    assert [cached(), cached()] == [("It is so.", True), ("It is so.", True)]


def test_a_user_without_a_home_has_no_cache(monkeypatch, cached):
    def expanduser(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "expanduser", expanduser)

    assert cached() == ("It is so.", True)


def test_first_uses_at_the_same_time_leave_one_whole_file(package, cached):
    program = (
        "import sys; from pathlib import Path; from conformance.catalogue import disk_cache\n"
        "package = Path(sys.argv[1]); from conformance.catalogue.load import read\n"
        "catalogue = disk_cache.read_through(lambda: read(package / 'catalogue/data'), package)\n"
        "print(catalogue['1.19/thing'].says)"
    )
    command = [sys.executable, "-c", program, str(package)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]

    assert [process.communicate()[0] for process in processes] == ["It is so.\n"] * 3
    assert cached() == ("It is so.", False)
    assert len(kept()) == 1
