"""What is said of the queries of a suite. Names and texts from outside stay apart from our words."""

from __future__ import annotations

from collections.abc import Iterator

from mergefloor.core.drift.queries import Incomparable, QueryDrift
from mergefloor.core.queries.found import Far, Near, QueriesFound, Span
from mergefloor.core.wording import Name, Said, Words, count, listing, say, share

TITLE = "People ask other things than before"


def headline(found: QueriesFound) -> Words:
    """What is known, in one sentence."""
    if found.failed:
        return say("suite {}: the queries could not be compared: {}", Name(found.suite), found.failed)
    if found.before is None or found.after is None or not isinstance(found.result, QueryDrift):
        why = found.result.why if isinstance(found.result, Incomparable) else say("there are none")
        return say(
            "suite {}: cannot tell whether queries changed: {} ({} in all)",
            Name(found.suite),
            why,
            count(found.rows, "row"),
        )
    how = say("(energy distance {}, p = {})", f"{found.result.distance:.3f}", f"{found.result.p_value:.3f}")
    if found.result.drifted:
        return say(
            "suite {}: queries of {} differ from {} {}",
            Name(found.suite),
            _days(found.before),
            _days(found.after),
            how,
        )
    return say(
        "suite {}: queries of {} and {} show no difference {}",
        Name(found.suite),
        _days(found.before),
        _days(found.after),
        how,
    )


def details(found: QueriesFound) -> tuple[Words, ...]:
    """Everything else, a sentence each."""
    return tuple(_details(found))


def todo(found: QueriesFound) -> Words:
    """What to do about a drift."""
    return (
        say("Add golden cases for what is new: the rows below are the farthest from every case of the suite.")
        if found.drifted
        else ()
    )


def _details(found: QueriesFound) -> Iterator[Words]:
    if found.before is not None and found.after is not None:
        yield say(
            "windows: {} before, {} after, of {} in {}{}",
            count(found.before.queries, "query", "queries"),
            count(found.after.queries, "query", "queries"),
            count(found.rows, "row"),
            count(found.files, "file"),
            f"; {count(found.repeats, 'repeat')} counted once" if found.repeats else "",
        )
    if isinstance(found.result, QueryDrift) and found.result.cosine is not None:
        yield say(
            "cosine of the windows' means {}, for show: means hide nearly every change, so no threshold on it alarms",
            f"{found.result.cosine:.3f}",
        )
    if found.unplaced:
        yield say("the golden set was not compared: {}", found.unplaced)
    if found.near is not None:
        yield from _near(found.near, drifted=found.drifted)


def _near(near: Near, *, drifted: bool) -> Iterator[Words]:
    yield say(
        "golden set: {} of the new queries are farther from the nearest of {} than nine of ten of the older ones were; "
        "median distance {}, was {}",
        share(near.beyond),
        count(near.cases, "case"),
        f"{near.middle[1]:.2f}",
        f"{near.middle[0]:.2f}",
    )
    if drifted and near.stands:
        rows = [say("{} {} (was {})", Name(each.case), each.after, each.before) for each in near.stands]
        yield say("cases that stand for more queries than before: {}", listing(rows, most=len(rows)))
    if near.far:
        yield say(
            "new queries farthest from any case: {}", listing([_far(e) for e in near.far], most=len(near.far))
        )


def _far(far: Far) -> Words:
    place = say("{} ({})", Name(far.place.path, line=far.place.line), f"{far.distance:.2f}")
    return place if far.text is None else say("{} {}", place, Said(far.text))


def _days(span: Span) -> str:
    return span.first if span.first == span.last else f"{span.first} to {span.last}"
