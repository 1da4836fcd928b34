"""A recording run as text: the page of the run, lines of a log, and a record for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from typing import TypeAlias

from mergefloor.core.recorded import Ending, Recorded, SuiteRecord, runs
from mergefloor.core.recording import RecordingView, headline, recording_view
from mergefloor.core.types import Json
from mergefloor.core.wording import Words
from mergefloor.render.layout import laid_out
from mergefloor.render.redact import Redactor, names_cleaned
from mergefloor.render.words import as_plain

Clean: TypeAlias = Callable[[str], str]

SCHEMA = 1
GAP = 2
SIGNS: dict[Ending, str] = {
    "full": "\u2705",
    "partial": "\u26a0\ufe0f",
    "stalled": "\u2757",
    "refused": "\u2757",
    "judge": "\u2757",
    "cancelled": "\u2757",
}


def recording(record: Recorded, *, redact: Clean | None = None) -> str:
    """Markdown for the page of the run; some 20 KB for the most suites that it shows."""
    clean = redact or Redactor()
    view = names_cleaned(recording_view(record), clean)
    return clean(laid_out("recording.md.j2", view=view, sign=SIGNS[record.ending]))


def recording_line(record: Recorded, *, redact: Clean | None = None) -> str:
    """How it ended, in one plain line."""
    clean = redact or Redactor()
    return clean(as_plain(names_cleaned(headline(record), clean)))


def recording_console(record: Recorded, *, width: int = 80, redact: Clean | None = None) -> str:
    """The same for people at a terminal or in a log."""
    clean = redact or Redactor()
    view = names_cleaned(recording_view(record), clean)
    return clean("\n".join(_lines(view, width)) + "\n")


def _lines(view: RecordingView, width: int) -> Iterator[str]:
    yield from _wrapped(view.headline, width)
    yield from _wrapped(view.todo, width)
    yield ""
    yield from _rows(view)
    yield from _wrapped(view.table.more, width)
    for line in view.lines:
        yield from textwrap.wrap(
            as_plain(line), width, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False
        )
    yield ""
    yield from _wrapped(view.table.title, width)
    yield from _wrapped(view.footer, width)


def _wrapped(words: Words, width: int) -> list[str]:
    return textwrap.wrap(as_plain(words), width, break_on_hyphens=False)


def _rows(view: RecordingView) -> Iterator[str]:
    """A line a suite and its figures below it: eight columns do not fit a terminal."""
    for row in view.table.rows:
        yield as_plain(row[0]).strip("`")
        yield "; ".join(
            f"{name.lower()} {as_plain(value)}"
            for name, value in zip(view.table.header[1:], row[1:], strict=True)
        ).join(("  ", ""))


def recording_json(record: Recorded, *, redact: Clean | None = None) -> str:
    """The record for machines: `record.json` of the report folder, and one line in the output `summary`."""
    clean = redact or Redactor()
    return json.dumps(recording_record(record, clean), allow_nan=False, sort_keys=True)


def recording_record(record: Recorded, clean: Clean) -> dict[str, Json]:
    """The figures; `usd` null: no price is known."""
    cost = record.cost
    return {
        "schema": SCHEMA,
        "verdict": "pass" if record.exit_code == 0 else "error",
        "ending": record.ending,
        "ref": clean(record.ref),
        "sha": clean(record.sha),
        "scripted": record.scripted,
        "cost": {"usd": cost.usd, "calls": cost.calls, "cached_calls": cost.cached_calls},
        "suites": [_suite(suite, clean) for suite in record.suites],
    }


def _suite(suite: SuiteRecord, clean: Clean) -> Json:
    return {
        "name": clean(suite.name),
        "cases": suite.cases,
        "runs_before": runs(suite.before),
        "runs": runs(suite.after),
        "runs_wanted": suite.wanted,
        "cases_by_runs": list(suite.after),
        "calls": suite.calls,
        "cached_calls": suite.cached_calls,
        "usd": suite.usd,
        "pass_rate": suite.pass_rate,
        "interval": None if suite.interval is None else list(suite.interval),
        "unkept": suite.unkept,
        "ungraded": suite.ungraded,
        "to_finish": {"answers": suite.finish.answers, "usd": suite.finish.usd, "bound": suite.finish.bound},
    }
