"""Which versions a check is asked in: edges, classes, all."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue import load
from conformance.catalogue.planner import choose_versions, class_begins, representative
from conformance.model.policy import Policy
from conformance.model.versions import ApiVersion

ALL = [ApiVersion(1, minor) for minor in range(14, 56)]
STATEMENTS = sorted(load().changes)
PRINT_PLAN = """
from conformance.catalogue import load
from conformance.catalogue.planner import choose_versions
from conformance.model.policy import Policy

for change in load().changes:
    print(change, *choose_versions(change, load().askable, Policy.CLASSES))
"""


def test_every_version_leaves_nothing_out():
    assert choose_versions("1.19/info-booleans", ALL, Policy.EVERY_VERSION) == ALL


def test_edges_are_the_oldest_and_the_newest_version():
    assert choose_versions("1.19/info-booleans", ALL, Policy.EDGES) == [ALL[0], ALL[-1]]


def test_versions_whose_documents_are_prose_are_classes_of_their_own():
    prose = [version for version in ALL if version <= ApiVersion(1, 24)]

    assert choose_versions("1.19/info-booleans", ALL, Policy.CLASSES)[: len(prose)] == prose


def test_a_version_in_which_nothing_changes_is_left_out():
    chosen = choose_versions("1.19/info-booleans", ALL, Policy.CLASSES)

    left_out = [version for version in ALL if version not in chosen]
    assert left_out
    assert not set(left_out) & set(class_begins("1.19/info-booleans"))


@given(change=st.sampled_from(STATEMENTS), first=st.integers(0, 41), length=st.integers(1, 42))
def test_each_version_has_a_representative_of_its_own_class(change, first, length):
    covered = ALL[first : first + length]

    asked = choose_versions(change, covered, Policy.CLASSES)

    begins = class_begins(change)
    for version in covered:
        stands = representative(version, asked)
        assert stands is not None
        assert not [begin for begin in begins if stands < begin <= version]


@pytest.mark.parametrize("policy", list(Policy))
def test_the_edges_are_always_asked(policy):
    chosen = choose_versions("reference/containers-list-limit", ALL, policy)

    assert (chosen[0], chosen[-1]) == (ALL[0], ALL[-1])


def test_nothing_older_than_what_was_asked_has_a_representative():
    assert representative(ApiVersion(1, 14), [ApiVersion(1, 15)]) is None


def test_a_statement_about_another_operation_splits_no_class():
    begins = class_begins("general/auth-checks-credentials")

    assert {change.window.since for change in load().changes.values()} >= set(ALL)
    assert [str(version) for version in begins if version >= ApiVersion(1, 25)] == ["1.25", "1.39", "1.52"]


def test_the_plan_does_not_depend_on_the_process():
    first, second = (
        subprocess.run(
            [sys.executable, "-c", PRINT_PLAN],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    )

    assert len(first.splitlines()) == len(STATEMENTS)
    assert first == second
