"""A scheduled run as text: the page of the run, lines of a log, and a record for machines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from typing import TypeAlias

from mergefloor.core import causes
from mergefloor.core.alarm.alarm import Alarm
from mergefloor.core.history.entry import Entry
from mergefloor.core.scheduled import Ending, Scheduled, SuiteRun
from mergefloor.core.settings import PASS_RATE
from mergefloor.core.types import Json
from mergefloor.core.wording import UNKNOWN, change, count, level, usd
from mergefloor.render.alarm import alarm_sentence
from mergefloor.render.filters import cell, inline, prose
from mergefloor.render.redact import Redactor

Clean: TypeAlias = Callable[[str], str]
SCHEMA = 1
SHOWN = 10
LONGEST = 2_000  # characters of a note: a command in it must not be cut
SIGNS: dict[Ending, str] = {
    "measured": "\u2705",
    "partial": "\u26a0\ufe0f",
    "stalled": "\u2757",
    "refused": "\u2757",
    "judge": "\u2757",
    "cancelled": "\u2757",
}
ENDINGS: dict[Ending, str] = {
    "measured": "every case was measured anew",
    "partial": "some draws have no outcome; the history says how many",
    "stalled": "the budget does not pay for a single call: raise `budget.usd` or `budget.minutes`",
    "refused": "a provider refuses every call: mend the key or the model's name",
    "judge": "the judge got a planted verdict wrong, so nothing of this run was written down",
    "cancelled": "stopped; what was paid for is stored, the history gets no line",
}
STATES = {
    "quiet": "quiet",
    "raised": "**drop suspected**",
    "confirmed": "**drop confirmed**",
    "recovered": "recovered",
}


def scheduled_line(run: Scheduled, *, redact: Clean | None = None) -> str:
    """How it ended, in one plain line."""
    alerts = count(len(run.standing), "alert stands", "alerts stand") if run.standing else "no drift alarm"
    return inline((redact or Redactor())(f"scheduled run of {run.ref}: {ENDINGS[run.ending]}; {alerts}"))


def scheduled_page(run: Scheduled, *, redact: Clean | None = None) -> str:
    """Markdown for the page of the run."""
    clean = redact or Redactor()
    return clean("\n".join(_page(run, clean)).rstrip() + "\n")


def scheduled_console(run: Scheduled, *, width: int = 80, redact: Clean | None = None) -> str:
    """The same for people at a terminal or in a log."""
    clean = redact or Redactor()
    lines = [scheduled_line(run, redact=clean), ""]
    for suite in run.suites:
        lines.append(inline(clean(f"{suite.entry.suite}: {_measured(suite)}")))
        lines += [
            f"  {inline(clean(f'{a.series.metric}: {_state(a)}'))}".replace("**", "") for a in _of(run, suite)
        ]
    for told in (*(said.replace("**", "") for said in _alarms(run, clean)), *_told(run)):
        lines += textwrap.wrap(inline(clean(told)), width, initial_indent="- ", subsequent_indent="  ")
    return clean("\n".join([*lines, "", _footer(run)]) + "\n")


def scheduled_json(run: Scheduled, *, redact: Clean | None = None) -> str:
    """One line for the output `summary`."""
    clean = redact or Redactor()
    record: dict[str, Json] = {
        "schema": SCHEMA,
        "verdict": "pass" if run.exit_code == 0 else "error",
        "ending": run.ending,
        "ref": clean(run.ref),
        "sha": run.sha,
        "scripted": run.scripted,
        "cost": {"usd": run.cost.usd, "calls": run.cost.calls, "cached_calls": run.cost.cached_calls},
        "suites": [
            {
                "name": clean(each.entry.suite),
                "class": each.entry.kind,
                "cases": each.cases,
                "unresolved": each.entry.unresolved,
                "unsafe": [clean(case) for case in each.unsafe],
                "metrics": {clean(r.name): r.value for r in each.entry.readings},
            }
            for each in run.suites
        ],
        "alerts": [
            {
                "suite": clean(alarm.series.suite),
                "metric": clean(alarm.series.metric),
                "state": alarm.alert.state,
                "change": alarm.alert.change,
                "fingerprint": alarm.alert.fingerprint,
                "origin": origin.origin if (origin := run.origins.get(alarm.alert.fingerprint)) else None,
            }
            for alarm in run.standing
        ],
    }
    return json.dumps(record, allow_nan=False, sort_keys=True)


def _page(run: Scheduled, clean: Clean) -> Iterator[str]:
    yield f"## {_sign(run)} {prose(clean(scheduled_line(run, redact=clean)))}"
    yield ""
    yield "| suite | class | metric | now | 95 % | known | drift |"
    yield "|---|---|---|---:|---:|---:|---|"
    for suite in run.suites:
        yield from _rows(run, suite, clean)
    yield ""
    yield from (f"- {said}" for said in _alarms(run, clean))
    yield from (f"- {prose(clean(told), LONGEST)}" for told in _told(run))
    yield ""
    yield _footer(run)


def _sign(run: Scheduled) -> str:
    """A run that did all it should is no good news while an alert stands."""
    return SIGNS["partial"] if run.standing and run.ending == "measured" else SIGNS[run.ending]


def _rows(run: Scheduled, suite: SuiteRun, clean: Clean) -> Iterator[str]:
    entry = suite.entry
    states = {alarm.series.metric: _state(alarm) for alarm in _of(run, suite)}
    for reading in entry.readings:
        interval = (
            f"{level(reading.kind, reading.low)} to {level(reading.kind, reading.high)}"
            if reading.low is not None
            else UNKNOWN
        )
        yield (
            f"| `{cell(clean(entry.suite))}` | {entry.kind} | `{cell(clean(reading.name))}` "
            f"| {level(reading.kind, reading.value)} | {interval} | {reading.cases} of {suite.cases} "
            f"| {states.get(reading.name, UNKNOWN)} |"
        )


def _of(run: Scheduled, suite: SuiteRun) -> list[Alarm]:
    return [alarm for alarm in run.alarms if alarm.watched and alarm.series.suite == suite.entry.suite]


def _state(alarm: Alarm) -> str:
    """The chart in a few words; what it cannot tell yet, it says."""
    found = alarm.found
    if found.lacking:
        return f"cannot tell yet: {count(found.lacking, 'run')} more needed"
    told = STATES.get(alarm.alert.state, alarm.alert.state)
    if alarm.open:
        told += f" ({change(alarm.series.kind, alarm.alert.change)})"
    elif found.better.open:
        told = f"better than it was ({change(alarm.series.kind, found.better.change)})"
    if found.points and found.points[-1].skipped:
        told += f"; this run does not count ({found.points[-1].skipped})"
    return told


def _measured(suite: SuiteRun) -> str:
    entry = suite.entry
    rate = entry.reading(PASS_RATE)
    known = f"{rate.cases} of {count(suite.cases, 'case')} known" if rate else count(suite.cases, "case")
    return f"{level('binary', rate.value if rate else None)} passed, {known}{_lost(entry)}"


def _lost(entry: Entry) -> str:
    return f", {count(entry.unresolved, 'draw')} without an outcome" if entry.unresolved else ""


def _alarms(run: Scheduled, clean: Clean) -> Iterator[str]:
    for alarm in run.standing:
        yield alarm_sentence(alarm, run.origins.get(alarm.alert.fingerprint), redact=clean)


def _told(run: Scheduled) -> Iterator[str]:
    for suite in run.suites:
        if suite.unsafe:
            more = f" and {len(suite.unsafe) - SHOWN} more" if len(suite.unsafe) > SHOWN else ""
            names = ", ".join(f"`{cell(case)}`" for case in suite.unsafe[:SHOWN])
            yield f"Safety cases of {suite.entry.suite} fail on this branch: {names}{more}."
    yield from causes.sentences(run.failures)
    yield from (
        f"A planted verdict of the judge is not what it should be: {name}, {got}."
        for name, got in run.planted
    )
    yield from run.notes


def _footer(run: Scheduled) -> str:
    cost = run.cost
    paid = usd(cost.usd) if not cost.unpriced else f"{usd(cost.usd)} and models without a price"
    return f"{count(cost.calls, 'call')}, {paid}, {run.duration_s:.0f} s."
