"""The statements that differ from those of a git revision."""

import subprocess

import pytest

from conformance.model.errors import UsageError
from conformance.mutation import changed

CHECK = '@since("1.99/fact")\ndef test_fact(api):\n    assert api\n'


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A git checkout with two statements, of which one has a check."""
    files = {
        "conformance/catalogue/data/v1.99.toml": '[fact]\nsays = "x"\n[other]\nsays = "y"\n',
        "conformance/library.py": "",
        "suites/conftest.py": "",
        "suites/test_facts.py": CHECK,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True)
    monkeypatch.setattr(changed, "suites_dir", lambda: tmp_path / "suites")
    return tmp_path


def test_nothing_differs_from_its_own_revision(checkout):
    assert changed.find_changed("HEAD") == []


def test_an_edited_check_and_a_new_statement_differ(checkout):
    (checkout / "suites/test_facts.py").write_text(CHECK.replace("assert api", "assert not api"))
    with (checkout / "conformance/catalogue/data/v1.99.toml").open("a") as file:
        file.write('[new]\nsays = "z"\n')

    assert changed.find_changed("HEAD") == ["1.99/fact", "1.99/new"]


def test_changes_of_the_library_are_counted_without_the_catalogue(checkout):
    (checkout / "conformance/library.py").write_text("x = 1\n")
    (checkout / "conformance/catalogue/data/v1.99.toml").write_text("")

    assert changed.count_library_changes("HEAD") == 1


def test_an_unknown_revision_is_refused(checkout):
    with pytest.raises(UsageError, match="not a valid object name"):
        changed.find_changed("no-such-revision")
