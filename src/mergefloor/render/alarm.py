"""The issue of an alarm: what dropped, since when, by how much, whose doing it is, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from time import gmtime, strftime
from typing import TypeAlias

from mergefloor.core.alarm.alarm import Alarm
from mergefloor.core.alarm.issues import Closing
from mergefloor.core.drift.attribution import Attribution, Origin
from mergefloor.core.wording import UNKNOWN, change, level
from mergefloor.render.filters import cell, prose
from mergefloor.render.redact import Redactor

Clean: TypeAlias = Callable[[str], str]
RUNS = 15  # rows of the table
BAR = 20  # characters of a full bar
PLAIN_MODEL = re.compile(r"[a-z][a-z-]*/[\w.:/-]{1,100}", re.ASCII)
ORIGINS: dict[Origin, str] = {
    "environment": "**the environment drifted**, for the very same requests are answered worse than before",
    "ours": "**not the environment**, for the very same requests are answered as before: a change of yours, chance, or "
    "an outage that is over",
    "cannot tell": "whether the environment drifted or a change of yours is behind it **cannot be told yet**",
}
ADVICE: dict[Origin, tuple[str, str]] = {
    "environment": (
        "Try the next snapshot before you change prompts: `mergefloor model-update --from {model} --to NEW`.",
        "If answers are fine as they are now, acknowledge it (below).",
    ),
    "ours": (
        "Look at what was changed since: checks, retrieval, the data behind a target. Was nothing changed, wait: it closes "
        "by itself.",
        "If the drop was meant, acknowledge it (below).",
    ),
    "cannot tell": (
        "Read a few answers of the cases above, then decide; it is looked into once more when it is confirmed.",
        "If answers are fine as they are now, acknowledge it (below).",
    ),
}
SUSPECTED = (
    "One chart rang (EWMA), the second one (CUSUM) has not confirmed it yet. About one suite in four sees such an alarm in "
    "90 runs without any drift, so nobody is called."
)
HOW = (
    "**Acknowledge**: close this issue as *not planned*. The next scheduled run takes what is measured from then on as "
    "normal.",
    "It closes by itself when the metric was back for three runs, or when a prompt, a pin, the judge or the golden set "
    "is changed. Closed as *completed*, it comes back with the next run that still sees the drop.",
)


def alarm_title(alarm: Alarm, *, redact: Clean | None = None) -> str:
    """One line: suite, metric, and how sure it is."""
    clean = redact or Redactor()
    sure = "Drift" if alarm.alert.state == "confirmed" else "Drift suspected"
    series = alarm.series
    size = change(series.kind, alarm.alert.change)
    return clean(f"{sure}: {cell(series.suite)} {cell(series.metric)} {size} since {_day(alarm)}")


def alarm_sentence(alarm: Alarm, origin: Attribution | None, *, redact: Clean | None = None) -> str:
    """What dropped, since when, by how much, and whose doing it is, as Markdown."""
    told: Origin = origin.origin if origin is not None else "cannot tell"
    clean = redact or Redactor()
    return clean(f"{_sentence(alarm, clean)}; {ORIGINS[told]}.")


def alarm_body(
    alarm: Alarm, origin: Attribution | None, *, url: str = "", redact: Clean | None = None
) -> str:
    """The whole issue."""
    clean = redact or Redactor()
    return clean("\n".join(_body(alarm, origin, url, clean)) + "\n")


def alarm_call(alarm: Alarm, owners: Sequence[str], *, redact: Clean | None = None) -> str:
    """The comment that names the owners, once an alert is confirmed."""
    clean = redact or Redactor()
    return clean(f"{' '.join(owners)}: {_sentence(alarm, clean)}. A second chart (CUSUM) confirms it.")


def closing_text(closing: Closing, *, redact: Clean | None = None) -> str:
    """Why the issue is closed."""
    clean = redact or Redactor()
    if closing.over == "recovered":
        return "Recovered: the metric was within its limits for three runs."
    if closing.over == "gone":
        return "The suite is not in the config any more."
    return prose(
        clean(f"Another baseline begins, because of a change that was made on purpose ({closing.reset}).")
    )


def _body(alarm: Alarm, origin: Attribution | None, url: str, clean: Clean) -> Iterator[str]:
    told: Origin = origin.origin if origin is not None else "cannot tell"
    yield alarm_sentence(alarm, origin, redact=clean)
    yield ""
    if origin is not None and origin.why:
        yield f"How that is known: {prose(clean(_flat(origin)))}."
        yield ""
    if alarm.alert.state == "raised":
        yield SUSPECTED
        yield ""
    yield from _table(alarm)
    yield from _cases(alarm, clean)
    yield "### What to do"
    yield ""
    yield from (f"- {line}".replace("{model}", _pinned(alarm)) for line in (*ADVICE[told], *HOW))
    if url.startswith("https://"):
        yield ""
        yield f"Updated by [the latest scheduled run]({url})."


def _pinned(alarm: Alarm) -> str:
    """The model to type, where the latest line names one that a shell takes for a plain word: lines are foreign input."""
    model = alarm.runs[-1].entry.model or ""
    return model if PLAIN_MODEL.fullmatch(model) else "OLD"


def _sentence(alarm: Alarm, clean: Clean) -> str:
    series = alarm.series
    before, since = alarm.levels
    return (
        f"`{cell(clean(series.metric))}` of suite `{cell(clean(series.suite))}` dropped from "
        f"{level(series.kind, before)} to {level(series.kind, since)} since {_day(alarm)} "
        f"({change(series.kind, alarm.alert.change)} over the same cases){_latest(alarm)}"
    )


def _latest(alarm: Alarm) -> str:
    """The last run, where it is not all there is since."""
    last = alarm.runs[-1].reading
    alone = alarm.alert.onset == len(alarm.runs) - 1
    return "" if alone or last.value is None else f", to {level(last.kind, last.value)} in the last run"


def _table(alarm: Alarm) -> Iterator[str]:
    kind = alarm.series.kind
    yield f"### The last {min(RUNS, len(alarm.runs))} of {len(alarm.runs)} runs"
    yield ""
    yield "```text"
    points = {point.index: point for point in alarm.found.points}
    first = max(0, len(alarm.runs) - RUNS)
    for index, run in enumerate(alarm.runs[first:], first):
        found = run.reading.value
        bar = "#" * round(BAR * found) if found is not None else ""
        point = points.get(index)
        chart = f"{point.ewma:+.2f} of {point.limit:.2f}" if point and point.limit is not None else UNKNOWN
        marks = _marks(alarm, index)
        row = f"{date_of(run.entry.at)} {level(kind, found):>7} {bar:<{BAR}} chart {chart} {marks}"
        yield row.rstrip()
    yield "```"
    yield ""


def _marks(alarm: Alarm, index: int) -> str:
    alert = alarm.alert
    told = [
        word
        for word, at in (
            ("drop begins", alert.onset),
            ("raised", alert.raised),
            ("confirmed", alert.confirmed),
        )
        if at == index
    ]
    return f"<- {', '.join(told)}" if told else ""


def _cases(alarm: Alarm, clean: Clean) -> Iterator[str]:
    rows = alarm.fallen()
    if not rows:
        return
    kind = alarm.series.kind
    yield "### The cases that dropped most"
    yield ""
    yield "| case | before | since |"
    yield "|---|---:|---:|"
    for row in rows:
        name = row.case.rpartition("@")[0]
        yield f"| `{cell(clean(name))}` | {level(kind, row.before)} | {level(kind, row.since)} |"
    yield ""


def _flat(origin: Attribution) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in origin.why)


def _day(alarm: Alarm) -> str:
    onset = alarm.onset
    return UNKNOWN if onset is None else date_of(onset.entry.at)


def date_of(at: float) -> str:
    """The day of a moment (seconds since 1970), in UTC."""
    return strftime("%Y-%m-%d", gmtime(at))
