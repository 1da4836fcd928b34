"""The first sentence of the week, and the first line of its badge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mergefloor.core.settings import PASS_RATE
from mergefloor.core.tables import Tone
from mergefloor.core.weekly.board import Board, Listed, Standing
from mergefloor.core.weekly.days import short
from mergefloor.core.weekly.marks import Mark
from mergefloor.core.weekly.suite import MetricWeek
from mergefloor.core.wording import Name, Words, apart, count, listing, names, say

NEAR_DAYS = (
    2  # a change so many days before a turn is told with it: together in time, which is all that is known
)
NAMED = 3


def headline(board: Board) -> Words:
    """This week in a sentence: what is steady, what moved from where to where and since when."""
    if not board.suites:
        return say("No scheduled run is in the history yet.")
    parts = [part for part in (_steady(board), *_moves(board), *_silent(board)) if part]
    return say("This week: {}.", _joined(parts))


def tone_of(board: Board) -> Tone:
    """The colour of the week."""
    standings = {each.standing for each in board.suites}
    if "fell" in standings or "drifting" in standings:
        return "bad"
    return "good" if standings & {"steady", "rose"} and not standings & {"idle"} else "unsure"


def badge(board: Board) -> tuple[str, Tone]:
    """What the badge says, in our words alone, and its colour."""
    found = of(board, "fell", "drifting")
    if found:
        return f"{count(len(found), 'suite')} down", "bad"
    calm = len(of(board, "steady", "rose"))
    if not calm:
        return "unknown", "unsure"
    rest = len(board.suites) - calm
    return (
        (f"{calm} steady, {rest} unknown", "unsure") if rest else (f"{count(calm, 'suite')} steady", "good")
    )


def of(board: Board, *standings: Standing) -> list[Listed]:
    """The suites that stand so."""
    return [each for each in board.suites if each.standing in standings]


def moved(listed: Listed, metric: MetricWeek) -> Words:
    """`support` fell from 91 % to 84 % since 14 Nov (pin changed on 13 Nov)."""
    subject = _subject(listed, metric)
    if listed.standing == "drifting" and metric.drift is not None:
        since = () if metric.drift.since is None else say(" since {}", short(metric.drift.since))
        sure = "confirmed" if metric.drift.state == "confirmed" else "raised, not confirmed"
        return say("{} drifts down{} (alarm {})", subject, since, sure)
    verb = "fell" if listed.standing == "fell" else "rose"
    if metric.turn is None:
        return say("{} {}", subject, verb)
    levels = apart(metric.kind, round(metric.turn.before, 3), round(metric.turn.since, 3))
    return say(
        "{} {} from {} to {} since {}{}",
        subject,
        verb,
        *levels,
        short(metric.turn.day),
        _cause(listed.week.marks, metric.turn.day),
    )


def _subject(listed: Listed, metric: MetricWeek) -> Words:
    suite = (Name(listed.week.name),)
    return suite if metric.name == PASS_RATE else say("{} of {}", Name(metric.name), suite)


def _cause(marks: Iterable[Mark], day: int) -> Words:
    near = [mark for mark in marks if 0 <= day - mark.day <= NEAR_DAYS]
    told = dict.fromkeys((mark.fact, mark.day) for mark in near)
    changes = [say("{} changed on {}", fact, short(at)) for fact, at in told]
    return say(" ({})", listing(changes)) if changes else ()


def _steady(board: Board) -> Words:
    steady = len(of(board, "steady"))
    return say(f"{count(steady, 'suite')} steady") if steady else ()


def _moves(board: Board) -> list[Words]:
    found = of(board, "fell", "drifting", "rose")
    told = [moved(each, each.moved) for each in found[:NAMED] if each.moved is not None]
    left = len(found) - len(told)
    return [*told, *([say(f"{count(left, 'more suite')} moved")] if left else [])]


def _silent(board: Board) -> list[Words]:
    """Suites of which nothing can be said, and why."""
    idle, unknown = ([each.week.name for each in of(board, standing)] for standing in ("idle", "unknown"))
    return [
        _few(idle, "did not run"),
        _few(unknown, "cannot be compared with the week before"),
    ]


def _few(found: Sequence[str], what: str) -> Words:
    if not found:
        return ()
    return say("{} {}", names(found) if len(found) <= NAMED else count(len(found), "suite"), what)


def _joined(parts: Sequence[Words]) -> Words:
    found: list[Words] = []
    for part in parts:
        found.append(say("{}{}", ", " if found else "", part))
    return tuple(piece for part in found for piece in part)
