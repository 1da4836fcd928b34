"""What is said of a recording run: one sentence, a table of suites, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mergefloor.core import causes, epoch
from mergefloor.core.recorded import Ending, Finish, Recorded, SuiteRecord, runs
from mergefloor.core.tables import Table
from mergefloor.core.wording import UNKNOWN, Name, Prose, Words, count, listing, say, share, usd

HEADER = ("Suite", "Cases", "Runs before", "Runs now", "Calls", "Cost", "Pass rate now", "90 % interval")
ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingView:
    """A recording run as it is told, in every medium. `todo`: empty when nobody has to do anything."""

    ending: Ending
    headline: Words
    table: Table
    lines: tuple[Words, ...]
    todo: Words
    footer: Words


def recording_view(record: Recorded) -> RecordingView:
    """Everything there is to say, in the order in which it matters."""
    return RecordingView(
        ending=record.ending,
        headline=headline(record),
        table=_table(record),
        lines=tuple(_lines(record)),
        todo=_todo(record),
        footer=say(
            "Recorded {} ({}) in {}.", Name(record.ref), Name(record.sha[:12]), f"{record.duration_s:.0f} s"
        ),
    )


def headline(record: Recorded) -> Words:
    """How it ended, in one sentence."""
    had, have = (sum(runs(getattr(s, side)) for s in record.suites) for side in ("before", "after"))
    wanted = sum(suite.wanted for suite in record.suites)
    grown = f"{have - had:,} new, {have:,} of {wanted:,} stored runs"
    match record.ending:
        case "full" if not record.cost.calls:
            return say(
                "The history of {} is full; nothing had to be drawn.", count(len(record.suites), "suite")
            )
        case "full":
            return say(
                "The history of {} is full: {}.",
                count(len(record.suites), "suite"),
                f"{have - had:,} new runs",
            )
        case "partial" if have == wanted:
            return say("Every case has its runs, but not every check of them has a verdict yet.")
        case "partial":
            return say("The history is not full yet: {}. The next recording goes on from there.", grown)
        case "stalled":
            return say("The budget does not pay for a single call: {}.", grown)
        case "refused":
            return say("A model cannot be called: {}.", grown)
        case "judge":
            return say(
                "The judge gave a wrong verdict where the right one is known, so it cannot be believed."
            )
    return say("The recording was stopped: {}. What was paid for is saved.", grown)


def _table(record: Recorded) -> Table:
    cost = record.cost
    title = say(
        "Stored runs: {} in {}, {} saved by the cache",
        usd(cost.usd) + (" and what has no price" if cost.unpriced else ""),
        count(cost.calls, "call"),
        f"{cost.cached_calls:,}",
    )
    left = len(record.suites) - ROWS
    return Table(
        title=title,
        header=HEADER,
        names=1,
        rows=tuple(_row(suite) for suite in record.suites[:ROWS]),
        more=say("{} not shown.", count(left, "more suite")) if left > 0 else (),
    )


def _row(suite: SuiteRecord) -> tuple[Words, ...]:
    low, high = suite.interval or (None, None)
    between = UNKNOWN if low is None else f"{share(low)} to {share(high)}"
    cells = (
        f"{suite.cases:,}",
        f"{runs(suite.before):,}",
        f"{runs(suite.after):,} of {suite.wanted:,}",
        f"{suite.calls:,}",
        usd(suite.usd),
        share(suite.pass_rate),
        between,
    )
    return ((Name(suite.name),), *(say(cell) for cell in cells))


def _lines(record: Recorded) -> Iterator[Words]:
    if record.scripted:
        yield say("These are scripted answers: they show how a model would be recorded, nothing else.")
    if record.unlabelled is not None:
        yield say(
            "No judged check can block yet: {} is not there. Label: {}.",
            Name(record.unlabelled),
            Name("mergefloor label"),
        )
    if record.epoch is not None:
        yield say(epoch.sentence(record.epoch))
    for suite in record.suites:
        if suite.finish.answers:
            yield _unfinished(suite)
        if suite.unkept:
            yield say(
                "{}: {} not kept, because it was cut off, filtered, empty or held a secret.",
                Name(suite.name),
                count(suite.unkept, "answer was", "answers were"),
            )
        if suite.ungraded:
            yield say(
                "{}: {} a check without a verdict, which the next gate asks for again.",
                Name(suite.name),
                count(suite.ungraded, "stored run has", "stored runs have"),
            )
    for name, got in record.planted:
        yield say("The planted verdict {} came back as {}.", Name(name), Prose(got))
    for sentence in causes.sentences(record.failures):
        yield (Prose(sentence),)


def _unfinished(suite: SuiteRecord) -> Words:
    full = len(suite.after) - 1
    counted = [(number, cases) for number, cases in enumerate(suite.after) if cases]
    spread = [
        say("{} {}", count(cases, "case has", "cases have"), count(number, "run"))
        for number, cases in counted
    ]
    return say(
        "{}: {} of the {} a gate looks back on. To finish: {}.",
        Name(suite.name),
        listing(spread, most=full + 1),
        full,
        _price(suite.finish),
    )


def _price(finish: Finish) -> str:
    answers = count(finish.answers, "more answer")
    if finish.usd is None:
        return f"{answers}, for which no price is known"
    return f"{answers}, {'at most' if finish.bound else 'about'} {usd(finish.usd)}"


def _todo(record: Recorded) -> Words:
    """What a person has to do; nothing when the next recording mends it alone."""
    todo: dict[Ending, str] = {
        "full": "",
        "partial": "",
        "stalled": "Raise `budget.usd` in the config.",
        "refused": "Correct the key, the quota or the name of the model, then run again.",
        "judge": "Name another model under `judge.model`, or run again if the judge was down.",
        "cancelled": "Run again: it goes on from there.",
    }
    return say(todo[record.ending]) if todo[record.ending] else ()
