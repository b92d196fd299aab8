"""A mutation run against a real engine: mutants are killed, also on top of emulators, and nothing is left behind."""

from __future__ import annotations

import shutil

import pytest
from hostile.running import command
from needs import DOCKERD

pytestmark = [pytest.mark.engine, DOCKERD]

STATEMENTS = (
    "1.19/info-booleans",
    "1.21/exec-privileged",  # on top of an emulated host
    "1.21/networks-create-check-duplicate",  # on top of an emulated engine of a later API
    "general/default-socket",  # without another address
    "general/tls-without-client-certificate",  # another listener
)


def test_every_mutant_of_some_statements_is_killed(tmp_path):
    ran = command("prove", "--dockerd", shutil.which("dockerd"), *STATEMENTS, folder=tmp_path)

    assert ran.code == 0, ran.out + ran.err
    assert "SURVIVED" not in ran.out
    assert "on top of a repairing mutant" in ran.out
    assert "left behind" not in ran.out


def test_no_control_changes_a_verdict(tmp_path):
    argv = (
        "--control",
        "split-frames",
        "--control",
        "other-writes",
        "general/attach-carries-both-directions",
    )
    ran = command("prove", "--dockerd", shutil.which("dockerd"), *argv, folder=tmp_path)

    assert ran.code == 0, ran.out + ran.err
    assert "0 verdicts changed" in ran.out
