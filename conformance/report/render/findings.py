"""Findings for a terminal: what the document says, what was seen, the exchange, and the command that repeats it."""

from __future__ import annotations

import re

from rich.console import Console
from rich.text import Text

from conformance.catalogue import Catalogue
from conformance.model.text import cut, one_line, plural, visible
from conformance.report.evidence import RecordedExchange
from conformance.report.file import Header
from conformance.report.render import labels
from conformance.report.render.case_groups import BlockedGroup, CaseGroup
from conformance.report.render.console import STYLES, Printer, print_hanging
from conformance.report.render.exchange_text import format_exchange

_CHECK_LINES = 2
_DETAIL_LINES = 4
_EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*: ")


class FindingsPrinter(Printer):
    """Prints groups of cases of one report."""

    def __init__(self, out: Console, header: Header, catalogue: Catalogue) -> None:
        super().__init__(out)
        self.header = header
        self.catalogue = catalogue

    def print_groups(self, title: str, groups: list[CaseGroup]) -> None:
        """Print findings under a title; print nothing without findings."""
        if not groups:
            return
        self.print_heading(f"{title} ({plural(len(groups), 'finding')})")
        previous = None
        for position, group in enumerate(groups, 1):
            self._print_group(position, group, previous == (group.id, group.side))
            previous = (group.id, group.side)

    def print_blocked(self, groups: list[BlockedGroup]) -> None:
        """Print each failure of a fixture once; print nothing if no case is blocked."""
        if not groups:
            return
        self.print_heading(
            f"Blocked: {plural(sum(len(group.results) for group in groups), 'case')}, by cause"
        )
        for position, group in enumerate(groups, 1):
            self.print_line()
            amount = (
                f"blocks {plural(len(group.results), 'case')} in {labels.format_versions(group.versions)}"
            )
            print_hanging(
                self.out,
                Text(f"{position}. "),
                Text.assemble((one_line(group.cause.reason, 600), "bold"), f"; {amount}"),
            )
            if group.cause.fixtures:
                self.print_field("fixtures", labels.format_few(group.cause.fixtures), style="dim")
            self.print_field("statements", labels.format_few(group.statements, 12), style="dim")
            if group.failed_exchange is not None:
                self._show([group.failed_exchange], group.first.reason)
            self.print_line("run it again:", "dim", indent=3)
            self.print_verbatim(labels.format_rerun(self.header, group.first.case), indent=3)

    def _print_group(self, position: int, group: CaseGroup, repeated: bool) -> None:
        self.print_line()
        where = labels.format_versions(group.versions)
        side = " (legacy)" if group.first.legacy else ""
        self.print_line(
            Text.assemble(
                f"{position}. ",
                (visible(group.id), "bold"),
                " ",
                (str(group.verdict), STYLES[group.verdict]),
                f" in {where}{side}",
            )
        )
        if group.parameters:
            self.print_field("with", one_line(", ".join(group.parameters), 200))
        if not repeated:  # the finding above has the same sentence
            self._print_document(group)
        self.print_field("seen", one_line(group.reason, 600) or "no reason was given", style="bold")
        self._print_detail(group)
        self._print_exchange(group)
        self.print_line("run it again:", "dim", indent=3)
        self.print_verbatim(labels.format_rerun(self.header, group.first.case), indent=3)

    def _print_document(self, group: CaseGroup) -> None:
        promise = labels.get_sentence(group.change, group.side)
        if not group.change or not promise:
            return
        self.print_field("document", promise)
        self.print_field("source", labels.format_source(group.change, self.catalogue), style="dim")

    def _print_detail(self, group: CaseGroup) -> None:
        """Print the asserting lines of a traceback, and what pytest explains beyond the reason."""
        text = visible(group.evidence.detail, lines=True)
        lines = [line.strip() for line in text.expandtabs(4).splitlines() if line.strip()]
        checks = [
            line[1:].strip()
            for line in lines
            if line.startswith(">") and not line[1:].strip().startswith("raise ")
        ]
        for line in checks[-_CHECK_LINES:]:
            self.print_field("check", cut(line, 240), style="dim")
        explained = [_EXCEPTION.sub("", line[1:].strip()) for line in lines if line.startswith("E ")]
        seen = " ".join(group.reason.split())
        # a Response is shown as the exchange, and the reason was printed above
        more = [
            line
            for line in explained
            if line and "Response(" not in line and "Use -v" not in line and line not in seen
        ]
        for line in more[:_DETAIL_LINES]:
            self.print_field("more", cut(line, 240), style="dim")

    def _print_exchange(self, group: CaseGroup) -> None:
        shown = group.evidence.asked[-2:] or group.evidence.exchanges[-1:]
        lines = group.evidence.detail.splitlines()
        # without pytest's explanations: they contain the answer itself, and so name all of its members
        hint = " ".join([group.reason, *group.parameters, *(line for line in lines if line.startswith(">"))])
        self._show(shown, hint)

    def _show(self, shown: list[RecordedExchange], hint: str) -> None:
        for exchange in shown:
            for text, style in format_exchange(exchange, hint):
                print_hanging(self.out, Text(text[:2], style="dim"), Text(text[2:], style=style), indent=3)
            if exchange.curl:
                self.print_verbatim(visible(exchange.curl), indent=3)
        if shown and self.header.daemon.private:
            self.print_line(
                "(that daemon is gone: to repeat a request, put the socket of another into its line)",
                "dim",
                indent=3,
            )
