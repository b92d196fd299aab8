"""The options of a run: read once, from the command line and from pytest alike."""

import argparse
from pathlib import Path
from types import SimpleNamespace

import pytest

from conformance.model.errors import UsageError
from conformance.model.shard import Shard
from conformance.runner.options import DEFAULT_REPORT, OPTIONS, RunOptions

WORDS = [
    "--host",
    "unix:///x",
    "--api",
    "1.19",
    "--change",
    "a",
    "--change",
    "b",
    "--strict-legacy",
    "--shard",
    "2/5",
    "--waivers",
    "w.toml",
    "--patience",
    "2",
]


def parsed(*words):
    parser = argparse.ArgumentParser()
    for option in OPTIONS:
        parser.add_argument(*option.flags, **option.keywords)
    return RunOptions.parse(parser.parse_args(words))


def test_every_option_has_its_member():
    assert {option.name for option in OPTIONS} <= set(RunOptions.__dataclass_fields__)


def test_the_command_line_is_read():
    options = parsed(*WORDS)

    assert (options.host, options.api, options.change) == ("unix:///x", "1.19", ("a", "b"))
    assert options.strict_legacy
    assert options.shard == Shard(2, 5)
    assert options.waivers == Path("w.toml")
    assert options.patience == 2


def test_without_arguments_each_member_has_its_default():
    assert parsed() == RunOptions()
    assert parsed().report == DEFAULT_REPORT


def test_what_another_command_does_not_have_is_not_given():
    options = RunOptions.parse(SimpleNamespace(dockerd="/d", changes=["a"]), change=["b"])

    assert options == RunOptions(dockerd="/d", change=("b",))


def test_an_invalid_shard_is_a_mistake():
    with pytest.raises(UsageError, match="--shard: not a shard: '6/5'"):
        parsed("--shard", "6/5")


def test_the_header_names_what_was_selected():
    assert parsed(*WORDS).selection() == {"api": "1.19", "change": ["a", "b"], "shard": "2/5"}
    assert parsed().selection() == {}
