"""A finding for a reader: what the document says, what was seen, the exchange, and how to see it again."""

from __future__ import annotations

import re

from rich.console import Console
from rich.text import Text

from conformance.catalogue import Catalogue
from conformance.model.text import cut, one_line, plural, visible
from conformance.report.file import Header
from conformance.report.render import labels
from conformance.report.render.console import STYLES, Paper, hang
from conformance.report.render.exchange import exchange_lines
from conformance.report.render.failures import Group

_CHECK_LINES = 2
_DETAIL_LINES = 4
_EXCEPTION = re.compile(r"^[A-Za-z_][\w.]*: ")


class Findings(Paper):
    """Prints groups of cases of one report."""

    def __init__(self, out: Console, header: Header, catalogue: Catalogue) -> None:
        super().__init__(out)
        self.header = header
        self.catalogue = catalogue

    def groups(self, title: str, groups: list[Group]) -> None:
        """Print findings under a title; nothing if there is none."""
        if not groups:
            return
        self.heading(f"{title} ({plural(len(groups), 'finding')})")
        told = None
        for position, group in enumerate(groups, 1):
            self._group(position, group, told == (group.id, group.side))
            told = (group.id, group.side)

    def _group(self, position: int, group: Group, told: bool) -> None:
        self.line()
        where = labels.span(group.versions)
        side = " (legacy)" if group.first.legacy else ""
        self.line(
            Text.assemble(
                f"{position}. ",
                (visible(group.id), "bold"),
                " ",
                (str(group.verdict), STYLES[group.verdict]),
                f" in {where}{side}",
            )
        )
        if group.parameters:
            self.field("with", one_line(", ".join(group.parameters), 200))
        if not told:  # the finding above is of the same change
            self._document(group)
        self.field("seen", one_line(group.reason, 600) or "no reason was given", style="bold")
        self._detail(group)
        self._exchange(group)
        self.line("run it again:", "dim", indent=3)
        self.whole(labels.rerun_line(self.header, group.first.case), indent=3)

    def _document(self, group: Group) -> None:
        promise = labels.statement(group.change, group.side)
        if not group.change or not promise:
            return
        self.field("document", promise)
        self.field("source", labels.source_line(group.change, self.catalogue), style="dim")

    def _detail(self, group: Group) -> None:
        """Of a traceback the asserting line, and what pytest explains of it beyond the reason."""
        text = visible(group.evidence.detail, lines=True)
        lines = [line.strip() for line in text.expandtabs(4).splitlines() if line.strip()]
        checks = [
            line[1:].strip()
            for line in lines
            if line.startswith(">") and not line[1:].strip().startswith("raise ")
        ]
        for line in checks[-_CHECK_LINES:]:
            self.field("check", cut(line, 240), style="dim")
        explained = [_EXCEPTION.sub("", line[1:].strip()) for line in lines if line.startswith("E ")]
        seen = " ".join(group.reason.split())
        # a Response is shown as the exchange; what is in the reason already needs no second telling
        told = [
            line
            for line in explained
            if line and "Response(" not in line and "Use -v" not in line and line not in seen
        ]
        for line in told[:_DETAIL_LINES]:
            self.field("more", cut(line, 240), style="dim")

    def _exchange(self, group: Group) -> None:
        # a blocked case sent no request of its own: there the environment's last exchange says most
        shown = group.evidence.asked[-2:] or group.evidence.exchanges[-1:]
        lines = group.evidence.detail.splitlines()
        # not pytest's explanations: they hold the answer itself, and so name any member of it
        hint = " ".join([group.reason, *group.parameters, *(line for line in lines if line.startswith(">"))])
        for exchange in shown:
            for text, style in exchange_lines(exchange, hint):
                hang(self.out, Text(text[:2], style="dim"), Text(text[2:], style=style), indent=3)
            if exchange.curl:
                self.whole(visible(exchange.curl), indent=3)
        if shown and self.header.daemon.private:
            self.line(
                "(that daemon is gone: to repeat a request, put the socket of another into its line)",
                "dim",
                indent=3,
            )
