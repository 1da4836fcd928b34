"""The report in a terminal or a log: the comment's story in plain text, the verdict first and last (R39)."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator

from mergefloor.core.case_view import CaseView, Quote
from mergefloor.core.report import Report
from mergefloor.core.sections import Section
from mergefloor.core.tables import Limits, Table, Tone
from mergefloor.core.view import Cases, View, view
from mergefloor.core.wording import Words
from mergefloor.render.filters import log
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.words import as_plain

LIMITS = Limits(diffs=6, cases=40, rows=60)
NARROWEST = 60
GAP = 2
COLORS: dict[Tone, str] = {"good": "32", "bad": "31", "unsure": "33"}
BOLD = "1"
Paint = Callable[[str, str], str]


def console(
    report: Report, *, width: int = 80, color: bool = False, redact: Callable[[str], str] | None = None
) -> str:
    """The report for people at a terminal, lines at most `width` wide (60 at least)."""
    clean = redact or Redactor()
    screen = _Screen(max(width, NARROWEST), _painted if color else _plain)
    return clean("\n".join(screen.lines(names_cleaned(view(report, LIMITS, clean), clean))) + "\n")


def _painted(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m"


def _plain(text: str, style: str) -> str:
    return text


class _Screen:
    """Layout for one width. Colour is put on last, so that it never counts as width."""

    def __init__(self, width: int, paint: Paint) -> None:
        self._width, self._paint = width, paint

    def lines(self, shown: View) -> Iterator[str]:
        """The whole report, top to bottom."""
        yield from self._headline(shown)
        yield from self._section(shown.own_gate)
        yield from self._labels(shown)
        if shown.classes.rows:
            yield from self._table(shown.classes)
        yield from self._table(shown.metrics)
        yield from self._section(shown.people)
        yield from self._cases(shown.broken)
        yield from self._cases(shown.fixed)
        for section in (shown.documents, shown.comparability, shown.version, shown.models, shown.unseen):
            yield from self._section(section)
        yield from self._costs(shown.cost)
        yield from self._section(shown.decided)
        yield ""
        yield from self._wrapped(as_plain(shown.more))
        yield from self._wrapped(as_plain(shown.footer))
        yield from self._verdict(shown)

    def _headline(self, shown: View) -> Iterator[str]:
        head = shown.headline
        yield from self._verdict(shown)
        if head.detail:
            yield from self._wrapped(as_plain(head.detail))
        yield from self._wrapped(f"{head.worse_label}: {as_plain(head.worse)}")
        yield from self._wrapped(f"{head.todo_label}: {as_plain(head.todo)}")

    def _labels(self, shown: View) -> Iterator[str]:
        for label in shown.labels:
            yield from self._wrapped(f"! {as_plain(label)}", indent="  ")

    def _verdict(self, shown: View) -> Iterator[str]:
        style = f"{BOLD};{COLORS[shown.tone]}"
        yield from (self._paint(line, style) for line in self._wrapped(as_plain(shown.headline.verdict)))

    def _title(self, title: Words) -> Iterator[str]:
        yield ""
        yield from (self._paint(line, BOLD) for line in self._wrapped(as_plain(title)))

    def _wrapped(self, text: str, first: str = "", indent: str = "") -> list[str]:
        return textwrap.wrap(
            text, self._width, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False
        )

    def _table(self, table: Table) -> Iterator[str]:
        """Metrics under the name of their suite, so that the numbers fit."""
        yield from self._title(table.title)
        rows = [[as_plain(value).replace("`", "") for value in row] for row in table.rows]
        body = [["", *table.header[2:]], *([f"  {row[1]}", *row[2:]] for row in rows)]
        widths = self._widths(body)
        yield _aligned(body[0], widths)
        above = None
        for row, cells, tone in zip(rows, body[1:], table.tones, strict=True):
            if row[0] != above:
                yield _short(row[0], self._width)
            above = row[0]
            line = _aligned(cells, widths)
            result = cells[-1]
            yield f"{line.removesuffix(result)}{self._paint(result, COLORS[tone])}"
        yield from self._wrapped(as_plain(table.more))

    def _widths(self, rows: list[list[str]]) -> list[int]:
        """Columns as wide as their widest cell; the first gives way to the numbers."""
        widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
        rest = sum(widths[1:]) + GAP * (len(widths) - 1)
        return [max(4, min(widths[0], self._width - rest)), *widths[1:]]

    def _cases(self, cases: Cases) -> Iterator[str]:
        if not cases.items:
            return
        yield from self._title(cases.title)
        yield from self._wrapped(as_plain(cases.warning))
        for item in (*cases.items, *cases.folded):
            yield from self._case(item)
        yield from self._wrapped(as_plain(cases.more))

    def _case(self, item: CaseView) -> Iterator[str]:
        text = f"{as_plain((item.case,))} {as_plain(item.facts)} ({as_plain((item.place,))})"
        yield from self._wrapped(text, first="- ", indent="  ")
        yield from self._wrapped(as_plain(item.lost), first="  ", indent="  ")
        yield from self._quotes(item.quotes)

    def _quotes(self, quotes: Iterable[Quote]) -> Iterator[str]:
        for quote in quotes:
            yield from self._wrapped(f"{as_plain(quote.label)}:", first="  ", indent="  ")
            if quote.text:
                yield log(quote.text, self._width - GAP)

    def _section(self, section: Section) -> Iterator[str]:
        if not section.items:
            return
        yield from self._title(section.title)
        for item in section.items:
            yield from self._wrapped(as_plain(item), first="- ", indent="  ")
        yield from self._quotes(section.quotes)

    def _costs(self, table: Table) -> Iterator[str]:
        """A line an arm: ten columns do not fit a terminal."""
        yield from self._title(table.title)
        for row in table.rows:
            facts = zip(table.header[3:], row[3:], strict=True)
            text = ", ".join(f"{name.lower()} {as_plain(value)}" for name, value in facts)
            yield from self._wrapped(f"{' '.join(map(as_plain, row[:3]))}: {text}", first="- ", indent="  ")
        yield from self._wrapped(as_plain(table.more))


def _aligned(cells: list[str], widths: list[int]) -> str:
    """Names to the left, numbers to the right, the result (last) as it is."""
    first = _short(cells[0], widths[0]).ljust(widths[0])
    numbers = (cell.rjust(width) for cell, width in zip(cells[1:-1], widths[1:-1], strict=True))
    return (" " * GAP).join((first, *numbers, cells[-1])).rstrip()


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}\u2026"
