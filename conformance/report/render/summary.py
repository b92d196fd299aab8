"""The first screen of a run: 24 lines of 80 columns with what a reader can act on. The rest is in the page and in ``matrix``.

Its order: the verdict in a sentence or two with the share, what blocks most, the versions by standing, the findings by cause
with the worst first and one line each, and where more is.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.catalogue import Catalogue
from conformance.model.leaks import name_removed, was_removed
from conformance.model.text import break_name, capitalize, cut, one_line, plural, visible
from conformance.model.verdicts import Verdict
from conformance.report.file import Report
from conformance.report.matrix import Matrix
from conformance.report.outcome import Standing
from conformance.report.render import labels
from conformance.report.render.case_groups import BlockedGroup, group_cases
from conformance.report.render.console import (
    NARROW,
    STANDING_STYLES,
    Printer,
    get_outcome_style,
    print_hanging,
)
from conformance.report.render.deviations import (
    FEW_FINDINGS,
    Finding,
    count_deviating,
    count_needed,
    describe_nouns,
    find_findings,
    find_kinds,
    format_span,
)
from conformance.report.render.headline import describe_rest, describe_verdict
from conformance.report.render.reasons import fit_reason
from conformance.report.render.stretches import find_stretches
from conformance.report.statements import count_statements

_LINES = 23  # of a terminal of 24, whose last one has the prompt
_LEAST_FINDINGS = 4
_LEAST_KINDS = 2
_MOST_STRETCHES = 5
_MOST_NOTES = 5
_LONG_ID = re.compile(r"(?:sha256:)?\b([0-9a-f]{12})[0-9a-f]{52}\b")
#: Columns that a statement's id gets, where it is not longer.
_ID = 34
_LEAST_REASON = 12
#: The share of blocked statements from which their cause is the first thing to mend: it comes before the findings.
_MANY_BLOCKED = 0.1


def print_summary(
    report: Report, matrix: Matrix, catalogue: Catalogue, out: Console, *, page: Path | None = None
) -> None:
    """Print the first screen; `page` is the page that was written of the report, if one was."""
    _Summary(report, matrix, catalogue, out, page).print_all()


class _Summary(Printer):
    def __init__(
        self, report: Report, matrix: Matrix, catalogue: Catalogue, out: Console, page: Path | None
    ) -> None:
        super().__init__(out)
        self._report = report
        self._matrix = matrix
        self._catalogue = catalogue
        self._page = page
        self._printed = 0

    def print_all(self) -> None:
        groups = group_cases(self._report, self._matrix, self._catalogue, evidence=False)
        amounts = count_statements(self._matrix)
        blocked = self._describe_blocked(groups.blocked)
        first = amounts.blocked >= _MANY_BLOCKED * (amounts.blocked + amounts.judged)
        self._print_verdict()
        if first and blocked:
            self._row(self._fit_note(blocked), "magenta")
        self._print_standings()
        notes = [*([(blocked, "magenta")] if blocked and not first else []), *self._notes()]
        findings = find_findings(groups.deviations, self._report, self._matrix, self._catalogue)
        more = self._describe_more(findings)
        notes_lines = sum(-(-len(self._fit_note(text)) // self.out.width) for text, _ in notes[:_MOST_NOTES])
        rest = notes_lines + 1 + sum(-(-len(line) // self.out.width) for line in more)
        # a blank line and the heading come before the findings
        room = _LINES - self._printed - rest - 2
        self._print_findings(findings, max(_LEAST_FINDINGS, room // 2 + 1 if self._narrow else room))
        self._print_notes(notes)
        self._row("")
        for line in more:
            self.print_line(line)

    @property
    def _narrow(self) -> bool:
        """Whether a finding needs two lines."""
        return self.out.width < NARROW

    def _row(self, text: str | Text, style: str = "", indent: int = 0) -> None:
        """Print a paragraph and count its lines."""
        body = text if isinstance(text, Text) else Text(text, style=style)
        self._printed += len(body.wrap(self.out, max(20, self.out.width - indent), overflow="fold")) or 1
        print_hanging(self.out, Text(), body, indent=indent)

    def _line(self, text: str, style: str = "") -> None:
        """Print one line, cut at the width."""
        self._printed += 1
        self.out.print(
            Text(cut(text, self.out.width), style=style), no_wrap=True, overflow="ignore", crop=False
        )

    def _print_verdict(self) -> None:
        code, why = self._matrix.outcome
        style = "bold" if self._matrix.passed_in_part else get_outcome_style(self._matrix.outcome)
        self._row(visible(describe_verdict(self._report, self._matrix)), style)
        if code not in (0, 1) or self._matrix.stale:
            self._row(one_line(f"{capitalize(why)}.", 300), style)

    def _describe_blocked(self, groups: list[BlockedGroup]) -> str:
        """The failure that blocks most; "" if no case is blocked."""
        if not groups:
            return ""
        head = "Most blocked by one cause" if len(groups) > 1 else "Blocked by one cause"
        return f"{head} ({plural(len(groups[0].statements), 'statement')}): {groups[0].cause.reason}"

    def _print_standings(self) -> None:
        stretches = find_stretches(self._matrix.summaries)
        if not stretches:
            return
        amounts = [
            ""
            if one.standing is Standing.UNSERVED
            else count_statements(self._matrix, {row.version for row in one.rows}).words
            for one in stretches
        ]
        shown = stretches[: _MOST_STRETCHES if len(stretches) > _MOST_STRETCHES + 1 else None]
        wide = max(len(one.versions) for one in shown), max(len(one.standing) for one in shown)
        for one, counts in zip(shown, amounts, strict=False):
            standing = (f"{one.standing:<{wide[1]}}  ", STANDING_STYLES[one.standing])
            text = Text.assemble(f"  API {one.versions:<{wide[0]}}  ", standing, counts)
            if self._narrow:
                self._row(Text.assemble(f"API {one.versions}  ", standing, counts), indent=2)
                continue
            self._printed += 1
            self.out.print(text, no_wrap=True, overflow="ellipsis")
        if hidden := stretches[len(shown) :]:
            versions = [row.version for one in hidden for row in one.rows]
            self._line(f"  API {labels.format_versions(versions)}: see the page", "dim")

    def _print_findings(self, findings: list[Finding], most: int) -> None:
        if not findings:
            return
        self._row("")
        amount = count_deviating(findings)
        head = f"{plural(amount, 'statement')} {'deviates' if amount == 1 else 'deviate'}"
        if len(findings) > FEW_FINDINGS:
            needed = count_needed(findings)
            met = f" (real clients need {needed} of them)" if needed else ""
            self._row(f"{head}{met}, by subject, then by kind:", "bold")
            self._print_kinds(findings, most)
            return
        self._row(f"{head}{_describe_order(findings)}:", "bold")
        shown = findings if len(findings) <= most else findings[: most - 1]
        wide = min(_ID, max(len(visible(one.name)) for one in shown))
        long = max(len(format_span(one.versions)) for one in shown)
        for one in shown:
            name, span = visible(one.name), f"{format_span(one.versions):<{long}}"
            if self._narrow:
                for part in break_name(name, self.out.width - 2):
                    self._line(f"  {part}")
                head = f"    {span}  "
            else:
                head = f"  {name:<{wide}}  {span}  "
            self._line(head + fit_reason(one.reason, max(self.out.width - len(head), _LEAST_REASON)))
        if len(shown) < len(findings):
            self._line(f"  ... and {amount - count_deviating(shown)} more", "dim")

    def _print_kinds(self, findings: list[Finding], most: int) -> None:
        before = self._printed
        self._row(describe_nouns(self._matrix), indent=2)
        kinds = find_kinds(findings)
        shown = kinds[: max(_LEAST_KINDS, (most - (self._printed - before) - 1) // 2)]
        wide = len(str(len(kinds[0].statements)))
        indent = " " * (wide + 3)
        for kind in shown:
            example = kind.example
            head, name = f"  {len(kind.statements):{wide}} {kind.name}, as in", visible(example.name)
            lines = [head, indent + name] if len(head) + len(name) >= self.out.width else [f"{head} {name}"]
            if len(head) > self.out.width:
                lines[0] = head.removesuffix(", as in")
            place = f"{indent}{format_span(example.versions)}  "
            reason = fit_reason(example.reason, max(self.out.width - len(place), _LEAST_REASON))
            for line in [*lines, place + reason]:
                self._line(line)
        if others := [name for kind in kinds[len(shown) :] for name in kind.statements]:
            self._line(f"  {len(others):{wide}} others, of {plural(len(kinds) - len(shown), 'kind')}", "dim")

    def _notes(self) -> Iterable[tuple[str, str]]:
        """What else a reader must know, each with its style."""
        footer, totals = self._report.footer, self._matrix.totals
        for stale in self._matrix.stale:
            yield f"Waiver no longer true: {stale.waiver.place}: {stale.why}", "bold red"
        for sentence in describe_rest(self._report, self._matrix):
            yield sentence, "yellow"
        if errors := totals.get(Verdict.ERROR, 0):
            yield f"Errors of the suite: {plural(errors, 'case')}; please report them", "bold magenta"
        if footer is None:
            return
        if stayed := [leak for leak in footer.leaks if not was_removed(leak)]:
            yield (
                f"Left on the daemon ('docker-conformance clean' tries again): {_format_first(stayed)}",
                "yellow",
            )
        if removed := [leak for leak in footer.leaks if was_removed(leak)]:
            names = [name_removed(leak) for leak in removed]
            yield f"Left by a check of this suite, removed at the end: {_format_first(names)}", "yellow"
        if footer.foreign:
            yield f"Changed during the run, not by it: {_format_first(footer.foreign)}", "yellow"
        if footer.log:
            yield f"Last line of the daemon's log: {footer.log[-1]}", "dim"

    def _fit_note(self, text: str) -> str:
        """A note on two lines at most; a word may move to the second one."""
        return cut(one_line(text, 400), 2 * self.out.width - 8)

    def _print_notes(self, notes: list[tuple[str, str]]) -> None:
        shown = notes if len(notes) <= _MOST_NOTES else notes[: _MOST_NOTES - 1]
        for text, style in shown:
            self._row(self._fit_note(text), style)
        if len(shown) < len(notes):
            self._line(f"... and {len(notes) - len(shown)} more notes", "dim")

    def _describe_more(self, findings: list[Finding]) -> list[str]:
        """Where the rest is: of a few findings how to read and to repeat the first, of many how to list them."""
        path = visible(str(self._report.path))
        lines = [f"Page:     {visible(str(self._page))}"] if self._page is not None else []
        lines.append(f"In full:  docker-conformance matrix {shlex.quote(path)}")
        if len(findings) > FEW_FINDINGS:
            lines.append(f"Each:     docker-conformance findings {shlex.quote(path)}")
            if count_needed(findings):
                lines.append(f"Needed:   docker-conformance findings --needed {shlex.quote(path)}")
        elif statement := next((one.name for one in findings if one.name in self._catalogue), ""):
            lines.append(f"One:      docker-conformance show {statement}")
            target = visible(shlex.join(labels.get_target_options(self._report.header)))
            again = f"Again:    docker-conformance run {target}".rstrip()
            one = f"--change {statement}"
            # a shell takes both lines as one command
            fits = len(again) + len(one) < self.out.width
            lines += [f"{again} {one}"] if fits else [f"{again} \\", f"            {one}"]
        return lines


def _describe_order(findings: list[Finding]) -> str:
    """Which findings come first: the required ones, of which those come first that real clients need."""
    if not any(one.clients for one in findings[:1]):
        return ", the required ones first" if len(findings) > 1 else ""
    needed = sum(bool(one.clients) for one in findings)
    if needed == len(findings):
        return f"; real clients need {'it' if needed == 1 else 'them'}"
    return f"; real clients need the first{f' {needed}' if needed > 1 else ''}"


def _format_first(texts: list[str]) -> str:
    """The first of some texts, with short ids, and how many there are."""
    first = cut(_LONG_ID.sub(r"\1", one_line(texts[0], 200)), 80)
    return first if len(texts) == 1 else f"{plural(len(texts), 'object')}, such as {first}"
