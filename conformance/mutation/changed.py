"""Which statements a git revision has otherwise: the part of a mutation run that a change of the sources asks for."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

from conformance.catalogue.check_index import suites_dir
from conformance.catalogue.source_digest import CATALOGUE, SUITES, compute_digests
from conformance.engine import tempdir
from conformance.model.errors import UsageError


def find_changed(revision: str) -> list[str]:
    """The statements whose table, mutants, checks or fixtures differ from those of a revision, and new ones, in their order.

    Raises UsageError where there is no git checkout or no such revision.
    """
    root = suites_dir().parent
    with tempdir.directory() as folder:
        _export(root, revision, Path(folder))
        before = compute_digests(Path(folder))
    return [change for change, digest in compute_digests(root).items() if before.get(change) != digest]


def count_library_changes(revision: str) -> int:
    """How many files of the library differ from those of a revision, beside the catalogue's data."""
    root = suites_dir().parent
    listed = _run_git(root, "diff", "--name-only", revision, "--", "conformance", f":!{CATALOGUE}")
    return len(listed.splitlines())


def _export(root: Path, revision: str, folder: Path) -> None:
    """Write the catalogue and the suites of a revision below a folder."""
    archive = folder / "revision.tar"
    _run_git(root, "archive", "--output", str(archive), revision, "--", str(CATALOGUE), str(SUITES))
    with tarfile.open(archive) as source:
        source.extractall(folder, filter="data")


def _run_git(root: Path, *arguments: str) -> str:
    try:
        return subprocess.run(
            ["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True
        ).stdout
    except FileNotFoundError:
        raise UsageError("git is not installed") from None
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or ["git failed"])[0]
        raise UsageError(f"cannot compare with a git revision: {reason}") from None
