"""The page in a real browser: it opens, is filtered, opens a cell, follows links, with mouse and keyboard."""

from __future__ import annotations

import browser as chromium
import pytest
import reports
from reports import BOOLEANS, case

from conformance.catalogue import load
from conformance.model.cases import Case, Side
from conformance.model.verdicts import Result, Verdict
from conformance.report.facts import DaemonFacts
from conformance.report.file import Header
from conformance.report.matrix import build
from conformance.report.render import html, html_data, labels

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (chromium.CHROMIUM and chromium.DRIVER), reason="needs chromium and chromedriver"),
]

NASTY = "</script><img src=x onerror=window.hacked=1><script>window.hacked=1</script><!-- ' \" ` ${window.hacked=1} \u2028"
RESULTS = [
    case(BOOLEANS, "1.18", Verdict.FAIL, "Debug is False", side=Side.BEFORE, parameters="Debug"),
    *[
        case(BOOLEANS, version, Verdict.FAIL, "Debug is 1", parameters=name)
        for version in ("1.19", "1.20")
        for name in ("Debug", "it's")
    ],
    case(BOOLEANS, "1.21", parameters="Debug"),
    *[case("1.19/logs-since", version) for version in ("1.19", "1.20", "1.21")],
    case("1.21/volumes-list", "1.21", Verdict.BLOCKED, NASTY),
]
OTHER = [
    case(BOOLEANS, "1.24"),
    case("1.21/volumes-list", "1.24", Verdict.NOT_IMPLEMENTED),
    case("1.19/logs-since", "1.24"),
]


@pytest.fixture(
    scope="module", params=[(1280, 900), (768, 1000), (390, 800)], ids=["wide", "tablet", "phone"]
)
def window(request, tmp_path_factory):
    found = chromium.Browser(tmp_path_factory.mktemp("profile"), *request.param)
    yield found
    found.close()


@pytest.fixture(scope="module")
def one_window(tmp_path_factory):
    found = chromium.Browser(tmp_path_factory.mktemp("profile"), 1280, 900)
    yield found
    found.close()


def write(path, *sets, **options):
    parts = []
    for index, results in enumerate(sets):
        evidence = {
            result.case.key: (
                [reports.exchange(f"/v{result.case.version}/info", text=NASTY)],
                f"> assert\nE {NASTY}",
            )
            for result in results[:9]
        }
        header = {"daemon": {**reports.DAEMON, "engine": ["Docker", "Podman"][index % 2]}}
        found = reports.report(
            path.with_name(f"r{index}.jsonl"), results, evidence=evidence, header=header, **options
        )
        parts.append(html_data.prepare(found, build(found, load()), load()))
    path.write_text(html.render_page(parts, load()), "utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write(tmp_path_factory.mktemp("page") / "one.html", RESULTS)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    return write(tmp_path_factory.mktemp("page") / "both.html", RESULTS, OTHER)


def fresh(window, url):
    window.go("about:blank")
    window.go(url)
    window.until("document.querySelectorAll('#tables .c').length || document.querySelector('#tables .hint')")
    window.until("!document.querySelector('.place')")  # groups further down are built when the page is idle
    window.run("document.getElementById('filter').open = true")


def rows(window, table="#tables"):
    return window.run(
        f"return [...document.querySelectorAll('{table} tbody th')].map((one) => one.firstChild.textContent.trim())"
    )


def test_it_opens_without_a_complaint_and_fits_the_width(window, address):
    fresh(window, address)

    assert window.run("return document.querySelector('.sentence').textContent").startswith(
        "Docker 20.10.24 keeps 50\u00a0% of the statements of Docker's API documents (1 of 2); "
    )
    assert set(rows(window)) == {"info-booleans", "logs-since", "volumes-list"}
    assert rows(window, "#legacy-tables") == ["info-booleans"]
    assert (
        window.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    )
    assert window.errors() == []
    assert len(window.shot()) > 5000


def test_text_of_a_daemon_runs_nothing(window, address):
    fresh(window, f"{address}#cell=1.21/volumes-list@1.21")

    assert NASTY[:40] in window.until("document.getElementById('cell-body').textContent")
    assert window.run("return window.hacked === undefined && !document.querySelector('img')")
    assert window.errors() == []


def test_it_is_filtered_by_verdict(window, address):
    fresh(window, address)

    window.click("#verdicts input[value=fail]")
    window.until("document.getElementById('count').textContent.startsWith('1 of 3')")

    assert rows(window) == ["info-booleans"]
    assert "verdict=fail" in window.run("return location.hash")
    window.click("#filters button[type=reset]")
    window.until("document.getElementById('count').textContent.startsWith('3 of 3')")


@pytest.mark.parametrize(
    ("words_typed", "left"),
    [("logs", ["logs-since"]), ("GET /info", ["info-booleans"]), ("no such thing", [])],
)
def test_it_is_filtered_by_text(words_typed, left, window, address):
    fresh(window, address)

    window.type("#text", words_typed)
    window.until(
        "document.getElementById('count').textContent.startsWith(String(arguments[0]) + ' of')", len(left)
    )

    assert rows(window) == left


def test_it_is_filtered_by_version_and_profile(window, address):
    fresh(window, f"{address}#version=1.21&profile=networks-volumes")

    assert rows(window) == ["volumes-list"]
    assert window.run(
        "return [...document.querySelectorAll('#tables thead th')].map((one) => one.textContent)"
    ) == ["statement", "1.21"]
    assert window.run("return document.getElementById('version').value") == "1.21"


def test_a_cell_opens_with_all_that_a_reader_needs(window, address):
    fresh(window, address)

    window.click(f'[aria-label^="{BOOLEANS} in API 1.19"]')
    window.until("document.getElementById('cell').open")
    body = window.run("return document.getElementById('cell-body').innerText")

    change = load()[BOOLEANS]
    for part in (
        change.says,
        labels.format_source(change, load()).partition(" (and")[0],
        "Debug is 1",
        "GET /v1.19/info",
        "curl --include",
        "docker-conformance run",
        "2 cases",
        "The other side: API 1.18, fail",
        change.before,
        "GET /v1.18/info",
    ):
        assert part in body, part
    assert f"cell={BOOLEANS}@1.19" in window.run("return location.hash")
    window.press("Escape")
    window.until("!document.getElementById('cell').open && !location.hash.includes('cell')")
    assert BOOLEANS in window.run("return document.activeElement.getAttribute('aria-label')")


def test_the_command_is_the_one_that_the_terminal_shows(one_window, address):
    for result in RESULTS[:3]:
        side = "&side=before" if result.legacy else ""
        fresh(one_window, f"{address}#cell={BOOLEANS}@{result.case.version}{side}")
        shown = one_window.until(
            "[...document.querySelectorAll('.one .rerun')].map((one) => one.textContent)"
        )

        header = Header(daemon=DaemonFacts(**reports.DAEMON))
        expected = labels.format_rerun(header, result.case)
        assert expected in shown


def test_a_deep_link_opens_its_cell_and_the_way_back_closes_it(window, address):
    fresh(window, address)

    window.run("location.hash = arguments[0]", f"#cell={BOOLEANS}@1.18&side=before")
    window.until("document.getElementById('cell').open")
    assert load()[BOOLEANS].before in window.run("return document.getElementById('cell-body').innerText")
    window.run("history.back()")
    window.until("!document.getElementById('cell').open")


@pytest.mark.parametrize(
    "fragment", ["#cell=no/such@1.19", "#cell=x", "#report=99", "#verdict=nonsense", "#cell=%zz", "#<script>"]
)
def test_a_link_that_leads_nowhere_does_no_harm(fragment, one_window, address):
    fresh(one_window, address + fragment)

    assert set(rows(one_window)) == {"info-booleans", "logs-since", "volumes-list"}
    assert not one_window.run("return document.getElementById('cell').open")
    assert one_window.errors() == []


def test_the_matrix_is_walked_with_the_keyboard(window, address):
    fresh(window, address)
    window.run("document.querySelector('#tables .c').focus()")
    label = "return document.activeElement.getAttribute('aria-label')"

    first = window.run(label)
    window.press("ArrowRight")
    second = window.run(label)
    window.press("ArrowDown")
    third = window.run(label)
    window.press("Enter")
    window.until("document.getElementById('cell').open")
    window.press("Escape")

    assert first.startswith("1.19/logs-since in API 1.19")
    assert second.startswith("1.19/logs-since in API 1.20")
    assert third.startswith(f"{BOOLEANS} in API 1.20")


def test_only_one_cell_of_a_table_is_a_stop_of_the_tab_key(one_window, address):
    fresh(one_window, address)

    assert one_window.run(
        "return [...document.querySelectorAll('#tables table')].every((one) => one.querySelectorAll('.c[tabindex=\"0\"]').length === 1)"
    )


def test_every_control_has_a_name(one_window, both):
    fresh(one_window, both)
    tree = one_window.devtools("Accessibility.getFullAXTree", {})["nodes"]

    controls = [
        node
        for node in tree
        if node.get("role", {}).get("value") in ("button", "checkbox", "combobox", "searchbox", "link")
    ]
    assert len(controls) > 20
    assert [node for node in controls if not node.get("name", {}).get("value", "").strip()] == []


def test_findings_lead_to_their_cell(window, address):
    fresh(window, address)

    window.run("document.querySelector('.finding:not(.v-none) a').click()")
    window.until("document.getElementById('cell').open")

    assert "1.19/info-booleans in API 1.19" in window.run(
        "return document.getElementById('cell-title').textContent"
    )


def test_a_finding_says_what_was_expected_before_it_shows_the_check(window, address):
    fresh(window, address)

    card = window.run("return document.querySelector('.finding:not(.v-none)').innerText")

    places = [
        card.index(part) for part in (BOOLEANS, load()[BOOLEANS].says, "Debug is 1", "fail in 1.19-1.20")
    ]
    assert places == sorted(places)
    assert "assert" not in card[: places[2]]


def test_filters_act_on_the_findings_too(window, address):
    fresh(window, f"{address}#text=volumes")

    assert "Nothing failed" not in window.run("return document.getElementById('groups').innerText")
    assert window.run("return document.querySelectorAll('.finding').length") == 0
    window.click("#filters button[type=reset]")
    window.until("document.querySelectorAll('.finding').length")


def test_the_statements_of_a_noun_are_one_click_away(window, address):
    fresh(window, address)

    window.click('.report .jump[href="#noun=system"]')
    window.until("document.getElementById('count').textContent.startsWith('1 of 3')")

    assert rows(window) == ["info-booleans"]
    assert window.run("return document.getElementById('noun').value") == "system"
    window.until("Math.abs(document.getElementById('findings').getBoundingClientRect().top) < 40")


def test_the_statements_of_a_kind_are_one_choice_away(window, address):
    fresh(window, address)
    kind = window.run("return document.getElementById('kind').options[1].value")

    window.run(
        "const kind = document.getElementById('kind'); kind.selectedIndex = 1; kind.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    window.until("document.getElementById('count').textContent.startsWith('1 of 3')")

    assert rows(window) == ["info-booleans"]
    assert window.run("return new URLSearchParams(location.hash.slice(1)).get('kind')") == kind
    assert len(window.run("return [...document.querySelectorAll('.finding')]")) == 1
    window.click("#filters button[type=reset]")
    window.until("document.getElementById('count').textContent.startsWith('3 of 3')")


def test_a_finding_names_the_recorded_clients_that_need_it(one_window, tmp_path):
    failed = [case(name, "1.41", Verdict.FAIL) for name in ("1.14/list-bad-parameter", BOOLEANS)]
    fresh(one_window, write(tmp_path / "needed.html", failed))

    cards = one_window.run("return [...document.querySelectorAll('.finding')].map((one) => one.innerText)")
    assert ["Needed by Docker's CLI" in card for card in cards] == [True, False]
    assert one_window.run("return document.querySelector('#groups h3').innerText").endswith(
        "(2 statements: real clients need 1)"
    )


def test_a_group_without_a_deviation_is_folded(window, address):
    fresh(window, address)
    opened = "return Object.fromEntries([...document.querySelectorAll('#tables .fold')].map((one) => [one.firstChild.innerText, one.open]))"

    assert window.run(opened) == {
        "Changed by API 1.19 2 statements: 1 deviates": True,
        "Changed by API 1.21 1 statement: 1 inconclusive": True,
    }
    window.run("location.hash = '#group=noun'")
    window.until("document.querySelector('#tables .fold').innerText.startsWith('Containers')")
    window.until("!document.querySelector('.place')")
    assert window.run(opened) == {
        "Containers 1 statement: as documented": False,
        "System 1 statement: 1 deviates": True,
        "Volumes 1 statement: 1 inconclusive": True,
    }
    assert rows(window) == ["1.19/logs-since", BOOLEANS, "1.21/volumes-list"]
    window.click("#unfold")
    assert all(window.run(opened).values())


def test_a_daemon_is_held_against_docker(window, both):
    fresh(window, both)

    window.click("#differ")
    label = "return document.querySelector(`#daemons-table [aria-label^='${arguments[0]}']`).getAttribute('aria-label')"
    assert window.run(label, "1.19/logs-since on Podman").endswith("; as documented")
    assert "Docker 20.10.24" in window.run("return document.querySelector('main').innerText")
    totals = window.run("return document.querySelector('.totals').innerText")
    assert [line for line in totals.splitlines() if line.startswith("better than Docker")]


def test_several_reports_are_compared(window, both):
    fresh(window, both)

    names = window.run("return [...document.querySelectorAll('.daemons a')].map((one) => one.textContent)")
    assert [name.split()[0] for name in names] == ["Podman", "Docker"]  # the one that keeps more comes first
    assert rows(window, "#daemons-table .fold") == ["info-booleans", "volumes-list"]
    window.click("#differ")
    assert len(rows(window, "#daemons-table .fold")) == 3
    window.click('#daemons-table [aria-label^="1.21/volumes-list on Docker"]')
    window.until("document.getElementById('cell').open")
    assert "Docker" in window.run("return document.getElementById('cell-body').innerText")
    window.press("Escape")
    assert not window.run("return document.getElementById('summary-1').hidden")
    assert "report=1" in window.run("return location.hash")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme, one_window, address):
    one_window.devtools(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    fresh(one_window, address)
    pairs = one_window.run(
        """return ['body', '.kicker', 'a', '.sign.v-pass', '.sign.v-fail', '.sign.v-error', '.sign.v-unavailable', '.sign.v-unserved'].map((name) => {
             const style = getComputedStyle(document.querySelector(name));
             let ground = document.querySelector(name), back = style.backgroundColor;
             while (back === 'rgba(0, 0, 0, 0)') { ground = ground.parentElement; back = getComputedStyle(ground).backgroundColor; }
             return [name, style.color, back];
           })"""
    )
    one_window.devtools("Emulation.setEmulatedMedia", {"features": []})

    assert [name for name, front, back in pairs if contrast(front, back) < 4.5] == []


def contrast(one, two):
    def light(colour):
        parts = [int(part) / 255 for part in colour[4:-1].split(",")]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([light(one), light(two)])
    return (high + 0.05) / (low + 0.05)


def test_the_heads_of_a_table_stay_above_its_rows(window, tmp_path):
    names = [name for name in load().changes if name.startswith("general/")]
    fresh(window, write(tmp_path / "long.html", [case(name, "1.41", Verdict.FAIL) for name in names]))

    above = window.run(
        """
        const box = document.querySelector("#tables .box");
        box.scrollIntoView();
        box.scrollTop = 400;
        return [...box.querySelectorAll("thead th")].map((head) => {
          const { left, top } = head.getBoundingClientRect();
          return document.elementFromPoint(left + 10, top + 10).textContent;
        });
        """
    )

    assert above == ["statement", "1.41"]


def test_print_has_every_row(one_window, address):
    fresh(one_window, address)
    one_window.devtools("Emulation.setEmulatedMedia", {"media": "print"})
    shown = one_window.run(
        "window.dispatchEvent(new Event('beforeprint')); return [getComputedStyle(document.getElementById('filters')).display, document.querySelectorAll('.place').length, document.querySelectorAll('main details:not([open])').length]"
    )
    one_window.devtools("Emulation.setEmulatedMedia", {"media": ""})

    assert shown == ["none", 0, 0]


def many(amount: int) -> list[Result]:
    names = list(load().changes)
    versions = [f"1.{minor}" for minor in range(14, 56)]
    found = []
    for index in range(amount):
        change, version = names[index % len(names)], versions[(index // len(names)) % len(versions)]
        verdict = Verdict.FAIL if index % 10 == 0 else Verdict.PASS
        found.append(
            Result(
                case=Case(
                    change=change,
                    version=version,
                    test=f"test_{index % 997}",
                    parameters=f"row {index}",
                ),
                verdict=verdict,
                reason=f"a reason of some length that only case {index} has"
                if verdict is Verdict.FAIL
                else "",
                seconds=0.01,
                evidence=True,
            )
        )
    return found


def test_a_hundred_thousand_cases_open_within_two_seconds(one_window, tmp_path):
    found = reports.report(tmp_path / "big.jsonl", many(100_000))
    page = html.render_page([html_data.prepare(found, build(found, load()), load())], load())
    path = tmp_path / "big.html"
    path.write_text(page, "utf-8")

    def opened() -> float:
        """Seconds that the page's own thread was busy: what else the machine does is not the page's."""
        one_window.go("about:blank")
        one_window.devtools("Performance.disable", {})
        one_window.devtools("Performance.enable", {"timeDomain": "threadTicks"})
        one_window.go(path.as_uri())
        one_window.until(
            "document.getElementById('count').textContent && document.querySelector('#tables .place, #tables .c')"
        )
        metrics = one_window.devtools("Performance.getMetrics", {})["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    took = min(opened() for _ in range(3))

    assert path.stat().st_size < 10_000_000
    assert 0 < took < 2, f"{took:.2f} s"
    assert one_window.errors() == []
