"""The compact form of published reports: it has every verdict, and the package carries that of today."""

from pathlib import Path

import pytest
import reports
from reports import BOOLEANS, case

from conformance.model.cases import Side
from conformance.model.errors import CatalogueError
from conformance.model.verdicts import Verdict
from conformance.report import compact, published
from conformance.report.file import read_report

FOLDER = Path(__file__).parents[2] / "reports"
RESULTS = [
    case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE),
    case(BOOLEANS, "1.19", parameters="Debug"),
    case(BOOLEANS, "1.20", parameters="Debug"),
    case(BOOLEANS, "1.21", Verdict.FAIL, "\x1b[31mred", parameters="Debug"),
    case(BOOLEANS, "1.19", parameters="SwapLimit"),
    case("1.19/logs-since", "1.21", Verdict.BLOCKED, test="test_other"),
]


def facts(report):
    return {result.case.key: (result.case, result.verdict, result.reason) for result in report.results}


@pytest.fixture
def folder(tmp_path):
    """A folder that carries the compact form of a report named some-daemon."""
    written = reports.report(tmp_path / "r.jsonl", RESULTS)
    published.write_compact({"some-daemon": written}, tmp_path / "results")
    return tmp_path / "results"


def test_every_verdict_and_reason_is_kept(folder, tmp_path):
    found = compact.read_published("some-daemon", folder)

    assert facts(found) == facts(read_report(tmp_path / "r.jsonl"))
    assert found.header.daemon.name == "Docker 20.10.24"
    assert sorted(found.header.statements) == [BOOLEANS, "1.19/logs-since"]


def test_it_has_no_control_characters(folder):
    assert b"\x1b" not in compact.path_of("some-daemon", folder).read_bytes()


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jsonl")), ids=lambda path: path.stem)
def test_the_package_carries_what_is_published(path):
    expected = compact.encode_compact(read_report(path))

    assert compact.path_of(path.stem).read_bytes() == expected, "run scripts/publish"


def test_the_package_carries_nothing_else():
    assert compact.published_names() == sorted(path.stem for path in FOLDER.glob("*.jsonl")), (
        "run scripts/publish"
    )


def test_what_is_no_longer_published_is_removed(folder, tmp_path):
    published.write_compact({"other": read_report(tmp_path / "r.jsonl")}, folder)

    assert compact.published_names(folder) == ["other"]


@pytest.mark.parametrize("name", ["none", "../r", "some-daemon.jsonl", ""])
def test_an_unknown_name_is_refused(folder, name):
    with pytest.raises(KeyError):
        compact.read_published(name, folder)


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda data: b"", 1),
        (lambda data: data[:-20], 5),
        (lambda data: data.replace(b'"1.19-1.20"', b'"x"'), 3),
        (lambda data: data.replace(b'"since"', b'"sometime"'), 3),
    ],
    ids=["empty", "cut", "version", "side"],
)
def test_a_damaged_file_is_named_with_its_line(folder, damage, line):
    path = compact.path_of("some-daemon", folder)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(CatalogueError, match=f"some-daemon.jsonl:{line}: not a published report"):
        compact.read_published("some-daemon", folder)
