"""The catalogue is whole, and says where it is wrong. Reads files only; no daemon."""

import ast
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from conformance.catalogue import CatalogueError, Profile, load
from conformance.catalogue.load import DATA

ROOT = Path(__file__).parents[2]
PAGES = ("seed", "release", "changelog")
#: The part of all statements that may be untestable.
UNTESTABLE_AT_MOST = 0.02

GOOD = """
[thing]
since = "1.19"
kind = "behaviour"
profile = "system"
endpoints = ["GET /info"]
says = "It is so."
sources = [{ document = "seed", section = "v1.19", item = 1 }]
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("documents.toml", "profiles.toml", "needs.toml"):
        (tmp_path / name).write_text((DATA / name).read_text("utf-8"), "utf-8")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_every_bullet_of_a_page_has_a_change(page):
    named = defaultdict(set)
    for change in load().changes.values():
        for source in change.sources:
            if source.document == page and source.item is not None:
                named[source.section].add(source.item)

    missing = {
        section: sorted(set(range(1, count + 1)) - named[section])
        for section, count in load().documents[page].bullets.items()
    }

    assert {section: items for section, items in missing.items() if items} == {}


def reference_pages():
    """The pages themselves, where a copy is at hand: a folder named by the environment, or beside the checkout."""
    folder = Path(os.environ.get("CONFORMANCE_REFERENCE") or ROOT.parent / "shared" / "reference")
    return {
        "seed": folder / "docker_remote_api-seed.txt",
        "release": folder / "api" / "docker_remote_api-at-1.9.1.md",
        "changelog": folder / "api" / "CHANGELOG.md",
    }


def bullets_of(text):
    """Count the list items of each version's section; a section that is one paragraph counts as one."""
    if "\n" not in text.strip():  # the seed is one line with its line numbers in it
        text = unfold(text)
    counts = {}
    for heading, body in re.findall(
        r"^#+ [vV]?(1\.\d+) API changes\n(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE
    ):
        if f"v{heading}" in load().documents["changelog"].bullets:
            counts[f"v{heading}"] = len(re.findall(r"^[*-] ", body, re.MULTILINE)) or 1
    return counts


def unfold(text):
    lines, expected = [], 1
    for part in re.split(r"\s(?=\d{1,3}\s)", text):
        match = re.match(r"(\d{1,3})\s?(.*)", part, re.DOTALL)
        if match and int(match[1]) == expected:
            lines.append(match[2])
            expected += 1
        elif lines:
            lines[-1] += f" {part}"
    return "\n".join(lines)


@pytest.mark.parametrize("page", PAGES)
def test_the_counted_bullets_are_those_of_the_page(page):
    path = reference_pages()[page]
    if not path.exists():
        pytest.skip(f"no copy of the page is at hand: {path} (CONFORMANCE_REFERENCE names another folder)")

    assert bullets_of(path.read_text("utf-8")) == load().documents[page].bullets


def bound_changes():
    """Every change that a check is bound to, with the sides that are asked, read from the suites' source."""
    bound = defaultdict(set)
    for path in (ROOT / "suites").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for mark in node.decorator_list:
                    if (
                        isinstance(mark, ast.Call)
                        and isinstance(mark.func, ast.Name)
                        and mark.func.id in ("since", "before", "after", "always")
                    ):
                        bound[mark.args[0].value].add(mark.func.id)
    return bound


def test_every_change_has_a_check_or_a_reason():
    bound = bound_changes()

    without = [
        change.id
        for change in load().changes.values()
        if not change.untestable and not bound[change.id] & {"since", "always"}
    ]

    assert without == []


@pytest.mark.parametrize("side", ["before", "after"])
def test_every_other_side_that_is_stated_has_a_check(side):
    bound = bound_changes()

    without = [
        change.id
        for change in load().changes.values()
        if getattr(change, side) and not change.untestable and side not in bound[change.id]
    ]

    assert without == []


def test_every_check_is_bound_to_a_change_of_the_catalogue():
    assert [change for change in bound_changes() if change not in load()] == []


def test_few_changes_are_untestable():
    untestable = [change.id for change in load().changes.values() if change.untestable]

    assert len(untestable) <= UNTESTABLE_AT_MOST * len(load().changes), untestable


def test_every_profile_has_changes():
    assert [name for name in load().profiles if not load().in_profile(name)] == []


def test_the_digest_changes_with_the_data(folder):
    (folder / "v1.19.toml").write_text(GOOD, "utf-8")
    first = load.__wrapped__(folder).digest
    (folder / "v1.19.toml").write_text(GOOD.replace("It is so", "It is not so"), "utf-8")

    assert load.__wrapped__(folder).digest != first


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (GOOD + GOOD, 10, "thing"),
        (GOOD.replace('kind = "behaviour"', 'kind = "habit"'), 4, "habit"),
        (GOOD.replace("says", "sais"), 7, "sais"),
        (GOOD.replace('since = "1.19"', 'since = "1.20"'), 3, "since is 1.20"),
        (GOOD.replace('since = "1.19"', 'since = "1.19"\nuntil = "1.18"'), 4, "backwards"),
        (GOOD.replace('"system"', '"sistem"'), 5, "unknown profile 'sistem'"),
        (GOOD.replace('"seed"', '"sead"'), 8, "unknown document 'sead'"),
        (GOOD.replace("item = 1", "item = 99"), 8, "items, not 99"),
        (GOOD.replace("GET /info", "GET /exec/{id}/json"), 6, "parameters as (id)"),
        (GOOD + 'needs = ["luck"]\n', 9, "unknown need 'luck'"),
        (GOOD.replace("[thing]", "[Thing]"), 2, "lower-case"),
        (GOOD + 'after = "Gone."\n', 9, "`after` without `until`"),
        (GOOD + 'mutants = [{ name = "x", fault = "gone" }]\n', 9, "stand in v1.19.mutants.toml"),
        (GOOD + 'seen = "in a dream"\n', 9, "in a dream"),
        (GOOD + 'replaced_by = "1.20/thing"\n', 9, "unknown statement '1.20/thing'"),
        (GOOD + 'replaced_by = "1.19/thing"\n', 9, "`replaced_by` without `until`"),
        (GOOD + 'until = "1.19"\nreplaced_by = "1.19/thing"\n', 10, "the windows do not meet"),
        (GOOD + 'contested = { engines = { docker = ["1.9.1"] } }\n', 9, "reason"),
        (GOOD + 'contested = { engines = { docker = [] }, reason = "x" }\n', 9, "at least one engine"),
        (GOOD + 'contested = { engines = { docker = ["1.9.1"] }, reason = " " }\n', 9, "needs a reason"),
        ("[thing\n", 1, ""),
    ],
)
def test_a_mistake_is_reported_with_file_and_line(folder, text, line, message):
    path = folder / "v1.19.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(CatalogueError) as caught:
        load.__wrapped__(folder)

    message = str(caught.value)
    assert message.startswith(f"{path}:{line}:"), message
    assert message in message
    assert "\n" not in message


def test_mutants_stand_beside_their_statements(folder):
    (folder / "v1.19.toml").write_text(GOOD, "utf-8")
    (folder / "v1.19.mutants.toml").write_text('thing = [\n    { name = "x", fault = "gone" },\n]\n', "utf-8")

    assert [mutant.name for mutant in load.__wrapped__(folder)["1.19/thing"].mutants] == ["x"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('\nthong = [\n    { name = "x", fault = "gone" },\n]\n', 2, "no statement 'thong' in v1.19.toml"),
        ("thing = 3\n", 1, "array"),
        ('thing = [\n    { fault = "gone" },\n]\n', 1, "name"),
        ("\nthing = [\n", 2, ""),
    ],
)
def test_a_mistake_among_mutants_is_reported_with_file_and_line(folder, text, line, message):
    (folder / "v1.19.toml").write_text(GOOD, "utf-8")
    path = folder / "v1.19.mutants.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(CatalogueError) as caught:
        load.__wrapped__(folder)

    assert str(caught.value).startswith(f"{path}:{line}:"), caught.value
    assert message in str(caught.value)


def test_mutants_without_statements_are_refused(folder):
    (folder / "v1.19.mutants.toml").write_text("", "utf-8")

    with pytest.raises(CatalogueError, match=r"there is no v1\.19\.toml beside it"):
        load.__wrapped__(folder)


def test_facts_of_the_reference_lie_by_noun(folder):
    (folder / "reference").mkdir()
    (folder / "reference" / "containers.toml").write_text(GOOD, "utf-8")
    (folder / "reference" / "containers.mutants.toml").write_text(
        'thing = [{ name = "x", fault = "gone" }]\n', "utf-8"
    )
    (folder / "v1.55.toml").write_text(GOOD.replace('"1.19"', '"1.55"', 1), "utf-8")

    catalogue = load.__wrapped__(folder)

    assert list(catalogue.changes) == ["reference/containers-thing", "1.55/thing"]
    assert len(catalogue["reference/containers-thing"].mutants) == 1
    assert [str(version) for version in catalogue.versions] == ["1.55"]


def test_a_statement_may_be_replaced_by_a_later_one(folder):
    (folder / "v1.19.toml").write_text(GOOD + 'until = "1.19"\nreplaced_by = "1.20/thing"\n', "utf-8")
    (folder / "v1.20.toml").write_text(GOOD.replace('"1.19"', '"1.20"', 1), "utf-8")

    assert load.__wrapped__(folder)["1.19/thing"].replaced_by == "1.20/thing"


def test_a_profile_of_operations_has_the_statements_about_them():
    profile = Profile("x", operations=["GET /info"], excludes=["swarm"], source="y")

    found = {change.id for change in load().changes.values() if profile.has(change)}

    assert found == {
        change.id
        for change in load().changes.values()
        if "GET /info" in change.endpoints and change.profile != "swarm"
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('operations = ["GET /inf"]\nsource = "x"', "unknown operation 'GET /inf'"),
        ('operations = ["GET /exec/(name)/json"]\nsource = "x"', "the documents call it GET /exec/(id)/json"),
        ('operations = ["GET /info"]', "`operations` needs a source"),
    ],
)
def test_a_profile_of_unknown_operations_is_refused(folder, line, message):
    (folder / "profiles.toml").write_text(f'[p]\ntitle = "P"\n{line}\n', "utf-8")

    with pytest.raises(CatalogueError, match=re.escape(message)):
        load(folder)
