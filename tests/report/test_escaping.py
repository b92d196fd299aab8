"""Text that comes from a daemon is shown as text, wherever it is shown."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
import reports
from reports import case

from conformance.cli import main as cli
from conformance.model.cases import Side
from conformance.model.verdicts import Verdict
from conformance.report.evidence import Body
from conformance.report.file import Footer

CASE = "1.19/info-booleans"
NASTY = {
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "bell and null": "\x00\x07\x08\x7f",
    "c1": "\x9b31m",
    "carriage": "good\rbad",
    "right to left": "\u202eevil\u2066",
    "script": "</script><script>alert(1)</script>",
    "attribute": "\" onmouseover='alert(1)' x=\"",
    "comment": "--><img src=x onerror=alert(1)><!--",
    "cdata": "]]></failure><failure>",
    "entity": "&lt;b&gt;&#x1b;",
    "template": "{{ 7*7 }}{% raw %}",
    "pipes": "a | b |\n| --- |\n| c |",
    "markup": "**b** `x` [l](javascript:alert(1)) <b> @team #1 ~~s~~",
    "fence": "```\n# out\n````",
    "not in XML": "\ufffe\uffff\U0001ffff\x0b",
    "surrogate": "\ud800",
    "line ends": "a\u2028b\u2029c\x85d",
}
EVERYTHING = " ".join(text for name, text in NASTY.items() if name != "surrogate")


def nasty_report(folder, text: str):
    results = [
        case(CASE, "1.19", Verdict.FAIL, text, parameters="p"),
        case(CASE, "1.20", Verdict.BLOCKED, text),
        case(CASE, "1.18", Verdict.FAIL, text, side=Side.BEFORE),
        case(CASE, "1.21", Verdict.UNAVAILABLE, text),
    ]
    exchange = reports.exchange(
        target=f"/info?{text}",
        text=text,
        fault=text,
        curl=f"curl {text}",
        headers=[(text, text)],
        body=Body(len(text), text=text),
        reason=text,
        answered=[("Content-Type", text), (text, text)],
    )
    return reports.write(
        folder / "r.jsonl",
        results,
        header={
            "daemon": dict.fromkeys(("engine", "version", "url", "commit", "kernel"), text),
            "started": text,
        },
        footer=Footer(leaks=[text], foreign=[text], log=[text], died="", ended=text),
        evidence={result.case.key: ([exchange], text) for result in results},
    )


@pytest.fixture(scope="module", params=[*(name for name in NASTY if name != "surrogate"), "everything"])
def shown(request, tmp_path_factory):
    """What each renderer makes of a report that is nasty throughout, by renderer."""
    folder = tmp_path_factory.mktemp("nasty")
    nasty_report(folder, EVERYTHING if request.param == "everything" else NASTY[request.param])
    report, base = str(folder / "r.jsonl"), ["compare", str(folder / "r.jsonl")]
    found = {
        "terminal": printed("matrix", report, "--aside"),
        "compare": printed(*base, report),
        "news.json": printed(*base, report, "--format", "json"),
    }
    for name, command in {
        "junit.xml": "junit",
        "page.html": "html",
        "page.md": "markdown",
        "badge.svg": "badge",
    }.items():
        cli.main([command, report, "-o", str(folder / name)])
        found[name] = (folder / name).read_bytes().decode("utf-8")
    for name in ("r.jsonl", "r.evidence.jsonl"):
        found[name] = (folder / name).read_bytes().decode("utf-8")
    return found


def printed(*argv: str) -> str:
    """What a command writes to stdout."""
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")) as out,
    ):
        patch.setenv("COLUMNS", "120")
        cli.main(argv)
    out.seek(0)
    return out.read()


CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


@pytest.mark.parametrize(
    "where",
    ["terminal", "compare", "page.md", "badge.svg", "junit.xml", "r.jsonl", "r.evidence.jsonl", "news.json"],
)
def test_nothing_moves_the_cursor_or_turns_the_text_around(where, shown):
    assert [line for line in shown[where].splitlines() if CONTROLS.search(line)] == []


def test_the_xml_holds_what_was_said_and_nothing_else(shown):
    root = ElementTree.fromstring(shown["junit.xml"])

    cases = [element for element in root.iter("testcase") if "info-booleans::" in (element.get("name") or "")]
    assert len(cases) == 4
    assert all(len(list(element)) <= 3 for element in cases)
    assert {child.tag for element in cases for child in element} <= {
        "failure",
        "error",
        "skipped",
        "system-out",
        "properties",
    }


class Tags(HTMLParser):
    """Counts tags, and gathers what would act."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.acting: list[str] = []
        self.images = 0

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        self.images += tag == "img"
        self.acting += [
            name
            for name, value in attrs
            if name.startswith("on") or (name in ("href", "src", "action") and "javascript:" in (value or ""))
        ]


def test_the_page_has_no_script_but_its_own(shown, tmp_path):
    plain = tmp_path / "plain"
    plain.mkdir()
    nasty_report(plain, "harmless")
    cli.main(["html", str(plain / "r.jsonl"), "-o", str(plain / "page.html")])
    pages = {}
    for name, text in (("plain", (plain / "page.html").read_text("utf-8")), ("nasty", shown["page.html"])):
        pages[name] = Tags()
        pages[name].feed(text)

    assert pages["nasty"].scripts == pages["plain"].scripts
    assert pages["nasty"].acting == pages["plain"].acting
    assert pages["nasty"].images == pages["plain"].images


def test_the_markdown_has_no_markup_but_its_own(shown):
    text = re.sub(r"(?s)(`{3,}).*?\n\1", "", shown["page.md"])  # within fences everything is text

    assert "<script" not in text
    assert "<img" not in text
    assert "](javascript" not in text
    assert "@team" not in text
