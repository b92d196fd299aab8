"""The list of faults that checks need not notice: what it covers, what it refuses, what is stale."""

import io

import pytest
from rich.console import Console

from conformance.catalogue.check_index import checks
from conformance.cli import surveys
from conformance.model.cases import Case, Side
from conformance.model.errors import UsageError
from conformance.model.versions import ApiVersion
from conformance.mutation import ignored_faults
from conformance.mutation.automatic_faults import AutomaticFault, FaultStatus

CHECK = "1.19/info-booleans::test_flag_is_a_boolean"
GOOD = f"""[[ignored]]
checks = ["{CHECK}"]
faults = ["status *", "Debug dropped"]
asked = "GET /info"
reason = "The claim is about the type."
"""


def row(fault, status=FaultStatus.PASSED, asked="GET /v1.19/info?x=1 (200)"):
    case = Case(
        change="1.19/info-booleans", test="test_flag_is_a_boolean", side=Side.SINCE, version=ApiVersion(1, 19)
    )
    return AutomaticFault(case=case, asked=asked, fault=fault, status=status)


def tables(folder, text):
    path = folder / "ignored_faults.toml"
    path.write_text(text)
    return ignored_faults.load([CHECK], path)


@pytest.mark.parametrize(
    ("seen", "covered"),
    [
        (row("status 500"), True),
        (row("Debug dropped"), True),
        (row("Debug of another type"), False),
        (row("status 500", asked="GET /v1.19/version (200)"), False),
        (row("status 500", asked="POST /info (200)"), False),
    ],
)
def test_a_table_covers_what_it_names(tmp_path, seen, covered):
    assert bool(ignored_faults.find_reason(seen, tables(tmp_path, GOOD))) is covered


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (GOOD.replace("flag_is", "flag_was"), "unknown check"),
        (GOOD.replace("The claim is about the type.", " "), "needs checks, faults and a reason"),
        (GOOD.replace("faults =", "fault ="), "fault"),
        (GOOD.replace(f'"{CHECK}"', ""), "needs checks"),
        (GOOD.replace("ignored]]", "forgiven]]"), "forgiven"),
        ("[[ignored", "ignored_faults.toml"),
    ],
)
def test_a_table_that_is_invalid_is_refused(tmp_path, wrong, message):
    with pytest.raises(UsageError, match=message):
        tables(tmp_path, wrong)


def test_a_table_that_nothing_needs_is_stale(tmp_path):
    kept = tables(tmp_path, GOOD)

    assert ignored_faults.find_stale([row("status 500")], kept) == []
    assert ignored_faults.find_stale([row("status 500", FaultStatus.NOTICED)], kept) == kept
    assert ignored_faults.find_stale([], kept) == [], "no check was surveyed"


def test_the_list_names_checks_that_exist():
    assert ignored_faults.load(check.id for bound in checks().values() for check in bound)


@pytest.mark.parametrize(
    ("rows", "code", "message"),
    [
        ([row("status 500", FaultStatus.NOTICED)], 0, "1 automatic faults of 1 cases: 1 noticed"),
        ([row("status 500")], 0, "1 listed"),
        ([row("status 500"), row("Debug of another type")], 1, "not noticed"),
        ([row("Debug of another type", FaultStatus.UNSURE)], 3, "unsure"),
        ([row("status 500", FaultStatus.UNSURE)], 3, "unsure"),
        ([row("Debug of another type", FaultStatus.UNREACHED)], 3, "unreached"),
        ([row("Debug dropped", FaultStatus.UNREACHED)], 0, "1 listed"),
    ],
)
def test_what_is_neither_noticed_nor_listed_turns_a_survey_red(tmp_path, monkeypatch, rows, code, message):
    kept = tables(tmp_path, GOOD)
    monkeypatch.setattr(ignored_faults, "load", lambda _: kept)
    out = Console(width=200, file=io.StringIO())

    assert surveys.show_automatic(out, rows, 1, 1.0) == code
    assert message in out.file.getvalue()
