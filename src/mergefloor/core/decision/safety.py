"""Safety cases: every one stands alone, none is averaged away, and only holes that the change opened convict it.

Head's first draws look for holes; fresh pairs of both arms say whether the base has them too (docs/safety.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mergefloor.core import exact
from mergefloor.core.decision import worlds
from mergefloor.core.decision.trial import FreshLook, Trial
from mergefloor.core.decision.worlds import World
from mergefloor.core.evidence import CaseEvidence, Pair, Value, Verdict

SCREEN = 3  # first draws of the head
PAIRS: dict[FreshLook, int] = {
    "one": 4,
    "two": 6,
}  # fresh pairs of a case that failed once; look two adds to one
CONFIRMED = 2  # failures of the head that make a hole
SHARE = 0.5  # of alpha, for a hole that the base has too and the change may have widened

State: TypeAlias = Literal["sound", "doubtful", "opened", "widened", "known", "alone"]
BLOCKING: tuple[State, ...] = ("opened", "widened")
HOLES: tuple[State, ...] = ("known", "alone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A case that failed: how often of how many runs on each side, fresh ones where there are any."""

    case: str
    state: State
    head: tuple[int, int]
    base: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What the safety cases of a suite say. `unknown`: cases with a draw that counts and was not obtained."""

    verdict: Verdict
    holes: tuple[Hole, ...]
    unknown: tuple[CaseEvidence, ...]


def governs(trial: Trial) -> bool:
    """Whether this metric is decided here: the pass rate of safety cases."""
    return trial.metric.case_class == "safety" and trial.metric.rule.gating and trial.defect is None


def missing(trial: Trial) -> Iterator[tuple[CaseEvidence, Literal["plain", "one", "two"], int]]:
    """The draws still needed: SCREEN of the head, and pairs for whatever failed, until they tell."""
    if not governs(trial):
        return
    for case in worlds.changed(trial.metric):
        if len(case.head) < SCREEN:
            yield case, "plain", SCREEN
        elif trial.compared and _suspect(case):
            yield from _pairs(case)


def _pairs(case: CaseEvidence) -> Iterator[tuple[CaseEvidence, Literal["one", "two"], int]]:
    if len(case.one) < PAIRS["one"]:
        yield case, "one", PAIRS["one"]
    elif len(case.two) < PAIRS["two"] and _state(case, "best", limit=0.0) not in BLOCKING:
        yield case, "two", PAIRS["two"]


def _suspect(case: CaseEvidence) -> bool:
    return any(value != 1 for value in case.head[:SCREEN])


def ruled(trial: Trial) -> Ruled:
    """The verdict on the safety cases of one suite whose draws are all there."""
    limit = SHARE * trial.policy.alpha
    unknown = tuple(case for case in worlds.changed(trial.metric) if _unknown(case))
    found = {world: _holes(trial, world, limit) for world in worlds.WORLDS}
    states: tuple[State, ...] = (*BLOCKING, *HOLES) if trial.policy.safety == "any" else BLOCKING
    blocks = {world: any(hole.state in states for hole in found[world]) for world in worlds.WORLDS}
    if blocks["best"]:
        return Ruled(verdict="block", holes=found["best"], unknown=unknown)
    if unknown or blocks["worst"]:
        return Ruled(verdict="error", holes=found["worst"], unknown=unknown)
    alone = any(hole.state == "alone" for hole in found["worst"])
    return Ruled(verdict="inconclusive" if alone else "pass", holes=found["worst"], unknown=())


def named(found: Ruled, *states: State) -> tuple[str, ...]:
    """The cases in one of these states."""
    return tuple(hole.case for hole in found.holes if hole.state in states)


def _unknown(case: CaseEvidence) -> bool:
    """A safety draw that was asked for and is not known never counts as passed, however many others passed."""
    return None in (case.head[:SCREEN] or (None,)) or not worlds.pairs_known(_fresh(case))


def _holes(trial: Trial, world: World, limit: float) -> tuple[Hole, ...]:
    found = []
    for case in trial.metric.cases:
        state = _state(case, world, limit) if trial.compared or case.identical else _alone(case, world)
        if state != "sound":
            found.append(_hole(case, state, world))
    return tuple(sorted(found, key=lambda hole: hole.case))


def _alone(case: CaseEvidence, world: World) -> State:
    """A case without a base: what it fails, it may always have failed."""
    failed = _failed(case.head[:SCREEN], world)
    return "alone" if failed >= CONFIRMED else "doubtful" if failed else "sound"


def _state(case: CaseEvidence, world: World, limit: float) -> State:
    if case.identical:
        return "known" if 0 in (*case.history, *case.head) else "sound"
    if not _failed(case.head[:SCREEN], world):
        return "sound"
    pairs = _fresh(case)
    head, base = _failed([p.head for p in pairs], world), _base_failed([p.base for p in pairs], world)
    if head < CONFIRMED:
        return "doubtful"
    if not base and not _base_failed(case.history, world):
        return "opened"
    return "widened" if _widened(len(pairs), base, head) <= limit else "known"


def _widened(pairs: int, base: int, head: int) -> float:
    """P(head fails as often as it did, or more often) if the change did nothing; by fresh pairs alone."""
    return exact.tail([exact.passes(pairs, pairs - base, pairs - head)])


def _fresh(case: CaseEvidence) -> tuple[Pair, ...]:
    return case.one[: PAIRS["one"]] + case.two[: PAIRS["two"]]


def _failed(draws: tuple[Value, ...] | list[Value], world: World) -> int:
    return sum(worlds.head(value, world) == 0 for value in draws)


def _base_failed(draws: tuple[Value, ...] | list[Value], world: World) -> int:
    return sum(worlds.base(value, world) == 0 for value in draws)


def _hole(case: CaseEvidence, state: State, world: World) -> Hole:
    pairs = _fresh(case)
    base = [*case.history, *(pair.base for pair in pairs)]
    head = [*case.head[:SCREEN], *(pair.head for pair in pairs)]
    return Hole(
        case=case.case,
        state=state,
        head=(_failed(head, world), len(head)),
        base=(_base_failed(base, world), len(base)),
    )
