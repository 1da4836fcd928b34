"""The week as Markdown: for the page of the run, the report issue, and a comment below it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Sequence

from mergefloor.core.weekly.board import Board
from mergefloor.core.weekly.days import iso, short
from mergefloor.core.weekly.headline import headline
from mergefloor.core.weekly.page_words import PAGE
from mergefloor.core.weekly.rows import MetricRow, change_rows, class_rows, more, suite_rows
from mergefloor.core.weekly.suite import MetricWeek
from mergefloor.core.wording import Words, link, say, share
from mergefloor.render.filters import cell, inline, prose
from mergefloor.render.redact import names_cleaned
from mergefloor.render.words import as_markdown, as_plain

Clean = Callable[[str], str]
SUITES, FLAKY, CHANGES = 60, 10, 20
DECIMALS = 6


def week_markdown(board: Board, *, redact: Clean, url: str = "", notes: Sequence[str] = ()) -> str:
    """The whole report. `notes`: sentences about the history; `url`: of the run."""
    parts = [
        f"## {week_title(board)}",
        sentence(board, redact=redact),
        *_section("suites", _suites(board, redact)),
        *_section("classes", _classes(board, redact)),
        *_section("flaky", _flaky(board, redact)),
        *_section("changes", _changes(board, redact)),
        *([as_markdown(say("Written by {}.", link("this run", url)))] if url else []),
        *(f"> {prose(redact(note), 1_000)}" for note in notes),
    ]
    return "\n\n".join(parts) + "\n"


def week_comment(board: Board, *, redact: Clean, url: str = "") -> str:
    """What subscribers are mailed: the sentence, and where the rest is."""
    rest = say("The text of this issue has the tables. {}", link("The run", url) if url else "")
    return f"**{week_title(board)}**\n\n{sentence(board, redact=redact)}\n\n{as_markdown(rest)}\n"


def week_console(board: Board, *, redact: Clean, width: int = 80, notes: Sequence[str] = ()) -> str:
    """The sentence and a line a suite, for a terminal or a log."""
    said = as_plain(names_cleaned(headline(board), redact))
    rows = names_cleaned(suite_rows(board), redact)
    wide = max((len(_bare(row.suite)) for row in rows), default=0)
    lines = [
        f"{row.label:<9} {_bare(row.suite):<{wide}}  {_bare(row.metric)} {row.this}, change {_change(row)}, drift: {row.drift}"
        for row in rows
    ]
    told = [inline(redact(note)) for note in notes]
    return "\n".join(
        [week_title(board), *textwrap.wrap(said, width), *([""] if lines else []), *lines, *told]
    )


def week_json(board: Board, *, redact: Clean) -> str:
    """The week in a few numbers, for a later step."""
    suites = [
        {
            "name": cell(redact(each.week.name)),
            "week": each.standing,
            "runs": each.week.runs,
            "usd": each.week.usd,
            "metrics": [_numbers(metric, redact) for metric in each.week.metrics],
        }
        for each in board.suites
    ]
    return json.dumps({"today": iso(board.today), "suites": suites}, sort_keys=True)


def _numbers(metric: MetricWeek, redact: Clean) -> dict[str, object]:
    shift = metric.shift
    return {
        "name": cell(redact(metric.name)),
        "this": None if metric.this is None else round(metric.this.value, DECIMALS),
        "last": None if metric.last is None else round(metric.last.value, DECIMALS),
        "delta": _rounded(shift.delta),
        "interval": [_rounded(shift.low), _rounded(shift.high)],
        "drift": None if metric.drift is None else metric.drift.state,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)


def _change(row: MetricRow) -> str:
    return f"{row.change} ({row.interval})" if row.interval else row.change


def _bare(words: Words) -> str:
    return as_plain(words).replace("`", "")


def week_title(board: Board) -> str:
    """`The week to 21 Nov 2026`; days are those of UTC."""
    return f"{PAGE['week'].format(short(board.today))} {iso(board.today)[:4]}"


def sentence(board: Board, *, redact: Clean) -> str:
    """The headline as Markdown."""
    return as_markdown(names_cleaned(headline(board), redact))


def _section(name: str, lines: Sequence[str]) -> list[str]:
    return [f"### {PAGE[name]}", "\n".join(lines)] if lines else []


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], names: int) -> list[str]:
    found = [f"| {' | '.join(row)} |" for row in rows]
    rule = [":--"] * names + ["--:"] * (len(header) - names)
    return [f"| {' | '.join(header)} |", f"| {' | '.join(rule)} |", *found] if found else []


def _suites(board: Board, redact: Clean) -> list[str]:
    rows = names_cleaned(suite_rows(board), redact)
    header = [
        PAGE[key]
        for key in (
            "suite",
            "class",
            "metric",
            "this",
            "last",
            "change",
            "drift",
            "slow",
            "cost",
            "runs",
            "standing",
        )
    ]
    cells = [
        (*map(as_markdown, (row.suite, row.case_class, row.metric)), row.this, row.last, _change(row), row.drift, row.slow, row.usd, row.runs, f"**{row.label}**" if row.tone != "good" else row.label)
        for row in rows[:SUITES]
    ]  # fmt: skip
    return [*_table(header, cells, 3), *_left(more(rows, SUITES))]


def _classes(board: Board, redact: Clean) -> list[str]:
    header = [PAGE[key] for key in ("class", "suites", "cases", "this", "failing", "moved")]
    rows = [
        (f"{as_markdown(row.name)} {row.meaning}", str(row.suites), f"{row.cases:,}", row.rate, row.failing, str(row.moved))
        for row in names_cleaned(class_rows(board), redact)
    ]  # fmt: skip
    return _table(header, rows, 1)


def _flaky(board: Board, redact: Clean) -> list[str]:
    header = [PAGE[key] for key in ("suite", "case", "metric", "flips", "mean")]
    rows = [
        (*(f"`{cell(redact(name))}`" for name in (each.suite, each.case, each.metric)), share(each.flips, 0), f"{each.mean:.2f}")
        for each in board.flaky[:FLAKY]
    ]  # fmt: skip
    return [*_table(header, rows, 3), "", PAGE["flaky_hint"]] if rows else []


def _changes(board: Board, redact: Clean) -> list[str]:
    rows = names_cleaned(change_rows(board), redact)
    header = [PAGE[key] for key in ("day", "suite", "fact", "old", "new")]
    cells = [
        (row.day, as_markdown(row.suite), row.fact, as_markdown(row.old), as_markdown(row.new))
        for row in rows[:CHANGES]
    ]
    return [*_table(header, cells, 5), *_left(more(rows, CHANGES))]


def _left(words: Words) -> list[str]:
    return ["", as_markdown(words)] if words else []
