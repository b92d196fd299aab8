"""Reports and waivers of the old form: refused with the command that converts them, and converted by it."""

import json

import pytest
from mistakes import mistake

from conformance.report.evidence import read_evidence
from conformance.report.file import read_report

OLD_KEY = "v1_19/test_info.py::test_flag_is_a_boolean[1.19/info-booleans@1.19-Debug]"
KEY = "1.19/info-booleans::test_flag_is_a_boolean[Debug]@1.19"
#: A report as the suite wrote it when format 1 was its form: digests and bytes are of that version.
OLD = (
    '{"header":{"format":1,"suite_version":"0.1.0","catalogue":"sha256:0","daemon":{"engine":"Docker"},"host":{},'
    '"versions":["1.19"],"selection":{"case":["KEY"]},"waivers":[{"change":"1.19/info-booleans","versions":"all",'
    '"reason":"r","expires":"2099-01-01","cases":["v1_19/test_info.py::test_flag_is_a_boolean[Debug]"],"place":"w:1"}],'
    '"started":"2024-05-01T10:00:00Z","run":"abcd1234","workers":0,"strict_legacy":false}}\n'
    '{"case":{"case":{"change":"1.19/info-booleans","version":"1.19","check":"v1_19/test_info.py::test_flag_is_a_boolean",'
    '"parameters":"Debug","side":"since"},"verdict":"fail","reason":"it is 1","seconds":0.25,"evidence":true}}\n'
    '{"case":{"case":{"change":"1.19/info-cfs-flags","version":"1.19","check":"v1_19/test_info.py::test_new",'
    '"parameters":"","side":"since"},"verdict":"pass"}}\n'
).replace("KEY", OLD_KEY)
FOOTER = (
    '{"footer":{"totals":{"fail":1,"pass":1},"ended":"2024-05-01T10:01:00Z","seconds":60.0,"daemon_seconds":0.0,"leaks":[],'
    '"foreign":[],"complete":true,"why_incomplete":"","exit_code":1,"died":"","log":[],'
    '"verdicts":"sha256:0","digest":"DIGEST","collected":0,"positions":[]}}\n'
)
DIGEST = "sha256:59d330a8ae299967932e64cc694eb46007e7fc72ce4dfbee3c80ff33d4fa2e18"
WAIVERS = """# ours
[[waiver]]
change = "1.19/info-booleans"   # a comment with v1_19/test_info.py in it
versions = "1.19"
cases = [
    "v1_19/test_info.py::test_flag_is_a_boolean[Debug]",
    'v1_19/test_info.py::test_flag_is_a_boolean[SwapLimit]',
]
reason = "r"
expires = 2099-01-01
"""


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "old.jsonl"
    path.write_text(OLD + FOOTER.replace("DIGEST", DIGEST))
    entry = {"key": OLD_KEY, "exchanges": [], "detail": "d"}
    (tmp_path / "old.evidence.jsonl").write_text(json.dumps(entry) + "\n")
    return path


@pytest.fixture
def waivers(tmp_path):
    path = tmp_path / "waivers.toml"
    path.write_text(WAIVERS)
    return path


def test_an_old_report_is_refused_with_the_command_that_converts_it(old, command):
    code, out, err = command("matrix", "old.jsonl")

    assert (code, out) == (2, "")
    assert "old.jsonl:1: " in err
    assert "docker-conformance convert old.jsonl" in err
    mistake(err)


@pytest.mark.parametrize("output", ["", "new.jsonl"], ids=["in place", "elsewhere"])
def test_a_report_is_converted_with_its_evidence(output, old, command, tmp_path):
    before = old.read_bytes()

    code, out, err = command("convert", "old.jsonl", *(["-o", output] if output else []))

    assert (code, out, err) == (0, "old.jsonl: converted 2 cases\n", "")
    report = read_report(tmp_path / (output or "old.jsonl"))
    assert [(result.case.key, str(result.verdict), result.reason) for result in report.results] == [
        (KEY, "fail", "it is 1"),
        ("1.19/info-cfs-flags::test_new@1.19", "pass", ""),
    ]
    assert report.header.selection["case"] == [KEY]
    assert report.header.waivers[0]["cases"] == ["test_flag_is_a_boolean[Debug]"]
    assert report.finished().exit_code == 1
    assert [evidence.key for evidence in read_evidence(report.path)] == [KEY]
    assert (old.read_bytes() == before) is bool(output)


def test_a_converted_report_is_left_as_it_is(old, command):
    command("convert", "old.jsonl")
    before = old.read_bytes()

    assert command("convert", "old.jsonl") == (0, "old.jsonl: already in today's form; unchanged\n", "")
    assert old.read_bytes() == before


def test_a_report_of_an_interrupted_run_stays_one(old, command):
    old.write_text(OLD)

    assert command("convert", "old.jsonl")[0] == 0
    assert read_report(old).footer is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace('"fail","reason"', '"pass","reason"'), "old.jsonl:4: the footer's digest"),
        (lambda text: text.replace('"check":"v1', '"chek":"v1', 1), "old.jsonl:2: not a line of a report"),
        (lambda text: text + text.splitlines()[1] + "\n", "old.jsonl:5: a line follows the footer"),
        (lambda text: text.partition("\n")[2], "old.jsonl:1: not a report"),
        (lambda text: "{", "old.jsonl:1: not a report"),
        (lambda text: "[[waiver", "neither a report nor a file of waivers"),
        (lambda text: "\x00", "neither a report nor a file of waivers"),
        (lambda _: OLD.replace('"versions":["1.19"]', '"versions":7'), "old.jsonl:1: not the header"),
    ],
)
def test_what_cannot_be_converted_is_one_line_and_stays(change, message, old, command):
    damaged = change(old.read_text())
    old.write_text(damaged)

    code, out, err = command("convert", "old.jsonl")

    assert (code, out) == (2, "")
    assert message in err
    mistake(err)
    assert old.read_text() == damaged


def test_damaged_evidence_is_named_and_nothing_is_written(old, command, tmp_path):
    before = old.read_bytes()
    (tmp_path / "old.evidence.jsonl").write_text('{"exchanges": []}\n')

    code, _, err = command("convert", "old.jsonl")

    assert code == 2
    assert "old.evidence.jsonl:1: " in err
    mistake(err)
    assert old.read_bytes() == before


def test_waivers_are_converted_and_keep_their_comments(waivers, command):
    assert (
        command("waivers", "check", "waivers.toml")[2].count("docker-conformance convert waivers.toml") == 1
    )
    assert command("convert", "waivers.toml") == (0, "waivers.toml: converted 2 names of cases\n", "")

    text = waivers.read_text()
    assert text.replace("test_flag", "v1_19/test_info.py::test_flag") == WAIVERS
    assert command("waivers", "check", "waivers.toml")[0] == 0


def test_two_files_and_one_output_is_a_mistake(old, waivers, command):
    code, _, err = command("convert", "old.jsonl", "waivers.toml", "-o", "x")

    assert code == 2
    mistake(err)


def test_a_file_that_is_not_there_is_a_mistake(command):
    code, _, err = command("convert", "nowhere.jsonl")

    assert code == 2
    assert "nowhere.jsonl: cannot read the file" in err
    mistake(err)
