"""What a terminal, or a pipe, is shown of a report."""

from __future__ import annotations

import base64
import io
import re
import shlex
import tarfile

import pytest
import reports
from reports import BOOLEANS, case, exchange

from conformance.catalogue import load
from conformance.model.cases import Side
from conformance.model.text import break_name, visible
from conformance.model.verdicts import Verdict
from conformance.model.versions import ApiVersion
from conformance.report.evidence import Body
from conformance.report.file import Footer
from conformance.report.matrix import build
from conformance.report.render import console, labels, terminal
from conformance.report.render.exchange_text import format_body

MODERN = [f"1.{minor}" for minor in range(14, 56)]


@pytest.fixture
def shown(tmp_path):
    def show(
        results,
        *,
        width: int = 80,
        details: bool = True,
        aside: bool = False,
        file: io.StringIO | None = None,
        **options,
    ) -> str:
        report = reports.report(tmp_path / "r.jsonl", results, **options)
        out = file or io.StringIO()
        terminal.print_report(
            report,
            build(report, load()),
            load(),
            console.make_console(out, width),
            details=details,
            aside=aside,
        )
        return out.getvalue()

    return show


def much():
    """Changes of all parts of the catalogue and those of the longest names, in every version, with each verdict somewhere."""
    verdicts, names = list(Verdict), list(load().changes)
    longest = sorted(names, key=len)[-40:]
    chosen = [name for place, name in enumerate(names) if place % 15 == 0 or name in longest]
    return [
        case(change, version, verdicts[index % len(verdicts)])
        for index, change in enumerate(chosen)
        for version in reports.VERSIONS
    ]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_each_verdict_has_a_sign_of_its_own():
    for table in (labels.SIGNS, labels.PLAIN_SIGNS):
        assert len(set(table.values())) == len(Verdict)
        assert set(table) == set(Verdict) == set(labels.MEANING)
        assert not any(sign.isdigit() for sign in table.values()), "a number of cases stands beside the sign"


def test_cells_tell_verdict_and_number_of_bad_cases(shown):
    results = [
        case(BOOLEANS, "1.19"),
        *(case(BOOLEANS, "1.20", Verdict.FAIL, parameters=name) for name in ("Debug", "SwapLimit")),
    ]

    row = next(line for line in shown(results).splitlines() if line.startswith("  info-booleans"))

    assert row.split() == ["info-booleans", "✓", "✗2"]


def test_the_legend_explains_the_signs_that_occur_and_no_others(shown):
    text = shown([case(BOOLEANS, "1.19"), case(BOOLEANS, "1.20", Verdict.BLOCKED)])

    assert "✓ pass: " in text
    assert "? blocked: " in text
    assert "✗ fail" not in text


@pytest.mark.parametrize("width", [60, 80, 140])
def test_lines_fit_the_width_but_for_what_is_copied(shown, width):
    parameters = "a name that is longer than most of them"
    failing = case(BOOLEANS, "1.19", Verdict.FAIL, "word " * 60 + "x" * 200, parameters=parameters)
    proof = ([exchange(text='{"Debug": "' + "y" * 3000 + '"}')], "first line of detail\n" + "z" * 300)

    text = shown([*much(), failing], width=width, evidence={failing.case.key: proof})

    long = [line for line in text.splitlines() if len(line) > width]
    assert all(line.strip().startswith(("curl ", "docker-conformance run ")) for line in long)
    assert long  # commands are not broken


def test_no_version_is_lost_when_they_do_not_fit_beside_each_other(shown):
    text = shown([case(BOOLEANS, version) for version in MODERN], width=80)

    heads = [line.split() for line in text.splitlines() if re.fullmatch(r"( +1\.\d+)+", line)]

    assert [version for head in heads for version in head] == MODERN
    assert sum(line.count("✓") for line in text.splitlines() if line.startswith("  info-booleans")) == len(
        MODERN
    )


def test_a_long_name_is_shown_whole(shown):
    name = "1.99/" + "-".join(["very"] * 30)

    text = shown([case(name, version) for version in MODERN[:8]], width=60)

    assert name.partition("/")[2] in "".join(text.split())


def test_signs_are_ascii_where_the_output_is(shown):
    class Plain(io.StringIO):
        encoding = "ascii"

    text = shown(much(), file=Plain())

    assert not set("✓✗∅·") & set(text)
    assert re.search(r"^  unknown-properties-ignored +", text, re.MULTILINE)


def test_a_pipe_gets_no_escapes(shown):
    assert "\x1b" not in shown([case(BOOLEANS, "1.19", Verdict.FAIL)])


def test_no_color_is_honoured(shown, monkeypatch, tmp_path):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown([case(BOOLEANS, "1.19", Verdict.FAIL)]))


@pytest.mark.parametrize("evil", ["\x1b[2J", "\x07", "\r", "\x9b31m", "\u202e", "\u200b", "\x00", "\ud800"])
def test_what_a_daemon_says_cannot_steer_the_terminal(shown, evil):
    failing = case(BOOLEANS, "1.19", Verdict.FAIL, f"before{evil.replace(chr(0xD800), '')}after")
    wire = exchange(text=f"body{evil}" if evil != "\ud800" else "body", target="/v1.19/info")

    text = shown(
        [failing],
        evidence={failing.case.key: ([wire], "detail\nmore")},
        header={"daemon": reports.DAEMON | {"engine": f"Evil{evil}" if evil != "\ud800" else "Evil"}},
    )

    assert evil not in text
    assert evil not in visible(evil, lines=True)


def test_a_failure_tells_all_that_a_reader_needs(shown):
    failing = case(BOOLEANS, "1.19", Verdict.FAIL, "Debug is 1, a boolean is documented", parameters="Debug")
    change = load()[BOOLEANS]

    text = shown([failing], evidence={failing.case.key: ([exchange()], "one\nassert 1 is True")})

    assert change.says in flat(text)
    assert "v1.19, item 4" in flat(text)
    assert "seen: Debug is 1, a boolean is documented" in text
    assert "> GET /v1.19/info" in text
    assert "< 200 OK" in text
    assert '< {"Debug": 1}' in text
    assert "curl --include --unix-socket /run/some.sock http://docker/v1.19/info" in text


def test_the_command_of_a_failure_runs_that_case_again(shown):
    failing = case(BOOLEANS, "1.19", Verdict.FAIL, parameters="a 'quoted' $name")

    line = next(line for line in shown([failing]).splitlines() if "docker-conformance run" in line)

    arguments = shlex.split(line)
    assert arguments == [
        "docker-conformance",
        "run",
        "--host",
        reports.DAEMON["url"],
        "--api",
        "1.19",
        "--case",
        failing.case.key,
    ]


def test_a_private_daemon_is_started_again_rather_than_reached(shown):
    failing = case(BOOLEANS, "1.19", Verdict.FAIL)
    daemon = reports.DAEMON | {"private": True, "target": "/usr/sbin/dockerd"}

    text = shown([failing], header={"daemon": daemon})

    assert "run --dockerd /usr/sbin/dockerd --api" in text
    assert "--host" not in text


def test_what_a_document_says_of_older_versions_stands_with_a_legacy_failure(shown):
    legacy = case(BOOLEANS, "1.18", Verdict.FAIL, side=Side.BEFORE)

    text = flat(shown([legacy], aside=True))

    assert load()[BOOLEANS].before in text
    assert "--strict-legacy" in text


def test_failures_of_one_reason_stand_together(shown):
    results = [
        case(BOOLEANS, version, Verdict.FAIL, f"GET /v{version}/info says 1")
        for version in ("1.19", "1.20", "1.21")
    ]

    text = shown(results)

    assert text.count("seen: ") == 1
    assert "fail in 1.19-1.21" in text


def test_failures_of_different_reasons_stand_apart(shown):
    text = shown([case(BOOLEANS, "1.19", Verdict.FAIL, "one"), case(BOOLEANS, "1.20", Verdict.FAIL, "two")])

    assert "seen: one" in text
    assert "seen: two" in text
    assert text.count("document: ") == 1  # both are of one change


def test_reasons_for_what_is_not_covered_are_grouped_with_their_changes(shown):
    reason = "registry: no registry on this host"
    results = [
        case("1.21/volumes-list", "1.21"),
        *(case(BOOLEANS, v, Verdict.UNAVAILABLE, reason) for v in ("1.19", "1.20")),
    ]
    results.append(case("1.19/logs-since", "1.19", Verdict.UNAVAILABLE, reason))

    text = shown(results)

    assert text.count(reason) == 1
    assert "unavailable (3 cases in 1.19-1.20)" in text
    assert "1.19/info-booleans, 1.19/logs-since" in text


def test_a_legacy_case_that_was_not_covered_is_reported_as_such(shown):
    text = shown(
        [
            case(BOOLEANS, "1.18", Verdict.UNAVAILABLE, side=Side.BEFORE),
            case(BOOLEANS, "1.19", Verdict.UNAVAILABLE),
        ]
    )

    assert "unavailable (1 case in 1.18, legacy)" in text
    assert "unavailable (1 case in 1.19)" in text


def test_what_was_not_covered_stands_beside_a_good_end(shown):
    text = shown([case(BOOLEANS, "1.19"), case("1.19/logs-since", "1.19", Verdict.UNAVAILABLE)])

    assert text.splitlines()[-1].startswith("NOT COVERED: 1 case")


def test_legacy_cells_have_a_table_of_their_own(shown):
    text = shown([case(BOOLEANS, "1.18", side=Side.BEFORE), case(BOOLEANS, "1.19")])

    above, below = re.split(r"Legacy: .*\n", text, maxsplit=1)
    assert re.search(r"^ +1\.19$", above, re.MULTILINE)
    assert re.search(r"^ +1\.18$", below, re.MULTILINE)


def test_an_interrupted_report_says_so_before_anything_else(shown):
    text = shown([case(BOOLEANS, "1.19")], interrupted=True)

    assert text.index("INTERRUPTED") < text.index("info-booleans")
    assert "not judged" in text


def test_brief_leaves_the_findings_out_but_not_the_answer(shown):
    text = shown([case(BOOLEANS, "1.19", Verdict.FAIL, "secret of the details")], details=False)

    assert "secret of the details" not in text
    assert "It does not conform to API 1.19." in flat(text)


def test_what_could_not_be_removed_is_listed(shown):
    assert "volume abc: in use" in shown(
        [case(BOOLEANS, "1.19")], footer=Footer(leaks=["volume abc: in use"])
    )


def test_an_empty_report_is_shown(shown):
    assert "inconclusive: no case was run" in shown([]).lower()


def test_ranges_of_versions_name_neighbours_only():
    assert (
        labels.format_versions(map(ApiVersion.parse, ["1.10", "1.9", "1.13", "1.24", "1.41"]))
        == "1.9-1.10, 1.13, 1.24, 1.41"
    )
    assert labels.format_versions([]) == ""


def test_of_a_large_answer_the_members_that_matter_are_shown():
    large = '{"Debug":1,' + ",".join(f'"Other{n}":"{"x" * 20}"' for n in range(50)) + "}"

    lines = format_body(Body(len(large), text=large), "Debug is 1")

    assert lines == ['{"Debug": 1} and 50 other members']


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (None, []),
        (Body(0, text=""), []),
        (Body(3, base64="AQID"), ["(3 bytes, binary: 01 02 03)"]),
        (Body(9000, text="cut"), ["cut", "... (9000 bytes in all)"]),
        (Body(16, text='{"a":"\\u001b[0m"}'), ['{"a": "\\u001b[0m"}']),
    ],
)
def test_bodies_say_what_they_are(body, lines):
    assert format_body(body) == lines


def test_of_an_archive_its_members_are_shown():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        link = tarfile.TarInfo("tree/link")
        link.type, link.linkname = tarfile.SYMTYPE, "file"
        archive.addfile(link)
        file = tarfile.TarInfo("tree/file\x1b")
        file.mode, file.uid, file.gid, file.size = 0o640, 7, 8, 3
        archive.addfile(file, io.BytesIO(b"abc"))
    body = Body(len(data.getvalue()), base64=base64.b64encode(data.getvalue()[:1200]).decode())

    lines = format_body(body)

    assert lines == [
        "(tar of 10240 bytes) symlink 0644 0:0 0 tree/link -> file",
        "(tar of 10240 bytes) file 0640 7:8 3 tree/file\\e",
    ]


def test_a_finding_has_the_asserting_line_and_no_second_telling(shown):
    failing = case(BOOLEANS, "1.19", Verdict.FAIL, "assert 500 == 400")
    detail = (
        "    def test_it(api):\n        answer = api.get()\n>       assert answer.status == 400\n"
        "E       assert 500 == 400\nE        +  where 500 = Response(status=500).status\n\nsuites/x.py:1: AssertionError"
    )

    text = shown([failing], evidence={failing.case.key: ([exchange()], detail)})

    assert "check: assert answer.status == 400" in text
    assert text.count("assert 500 == 400") == 1
    assert "Response(" not in text


def test_a_failed_fixture_is_shown_once_with_its_exchange_and_the_number_of_cases(shown):
    why = "POST /v1.41/containers/dockerconf-0123abcd-idle-89abcdef/start was refused with 500: no log driver"
    first = case(BOOLEANS, "1.19", Verdict.BLOCKED, why, fixture="idle")
    others = [
        case(
            change,
            "1.24",
            Verdict.BLOCKED,
            f"as in {first.case.key}",
            fixture="idle",
            first=first.case.key,
        )
        for change in list(load().changes)[:40]
    ]
    start = exchange(
        "/v1.41/containers/dockerconf-0123abcd-idle-89abcdef/start", 500, "{}", role="environment"
    )
    look = exchange("/v1.41/containers/dockerconf-0123abcd-idle-89abcdef/json", 404, "{}", role="environment")

    text = shown([*others, first], evidence={first.case.key: ([start, look], "")}, width=120)

    assert flat(text).count("was refused with 500: no log driver") == 1
    assert "no log driver; blocks 41 cases in 1.19, 1.24" in flat(text)
    assert "fixtures: idle" in text
    assert "> GET /v1.41/containers/dockerconf-0123abcd-idle-89abcdef/start (environment)" in flat(text)
    assert "/json (environment)" not in text
    assert f"--case {first.case.key}" in text


def test_what_does_not_count_is_one_line_unless_it_is_asked_for(shown):
    legacy = [case(BOOLEANS, "1.18", Verdict.FAIL, "Debug: got 1", side=Side.BEFORE, parameters="Debug")]
    results = [*legacy, case(BOOLEANS, "1.19")]

    assert "1 finding not counted (legacy, informative or optional);" in flat(shown(results))
    assert "Debug: got 1" not in shown(results)
    assert "Debug: got 1" in shown(results, aside=True)


def test_neighbouring_versions_with_one_standing_are_one_line(shown):
    text = shown([case(BOOLEANS, version) for version in ("1.19", "1.20", "1.21")])

    assert [line.split() for line in text.splitlines() if "1.19-1.21" in line and "pass" in line] == [
        ["1.19-1.21", "conformant", "3", "pass"]
    ]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("unknown-properties-ignored-in-host-config", ["unknown-properties-ignored-", "  in-host-config"]),
        ("GET /containers/(id)/attach/ws", ["GET /containers/(id)/attach/", "  ws"]),
        ("short", ["short"]),
        ("x" * 40, ["x" * 40]),
    ],
)
def test_a_name_is_broken_behind_a_hyphen_or_a_slash_only(name, lines):
    assert break_name(name, 29) == lines
