"""Did the environment drift, or was it a change of ours? Stored outputs against fresh ones of the same bytes.

The byte-identical request is asked again now. Whatever differs then was not changed by us. Fresh draws must be made
after the alarm: those that raised it were picked for being low.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, fsum
from typing import Literal, TypeAlias

from mergefloor.core import exact, stats
from mergefloor.core.evidence import Value
from mergefloor.core.exact import Stratum
from mergefloor.core.wording import Kind, Words, change, count, level, say

Origin: TypeAlias = Literal["environment", "ours", "cannot tell"]
ALPHA = 0.05
LEAST_CASES = 5  # 2 ** -5 is the first sign test under .05
LEAST_SHARE = 0.5  # of a case's fresh draws that must be known
EXPLAINED = 0.5  # of the alarm's drop: an alarm rings when the drop looks larger than it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """One case, judged by one grader: outcomes of the same request `stored` then and `fresh` now. None: unknown."""

    case: str
    stored: tuple[Value, ...]
    fresh: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Where an alarm comes from. `drop`: the change that the alarm saw, negative.

    `p_environment`: of "the same request is answered as well as then"; `p_ours`: of "it is answered worse by half
    the alarm's drop or more". `stored`, `fresh`: means over the `cases` compared. `partly`: the environment drifted,
    and by so much less than the alarm's drop that it explains only a part.
    """

    origin: Origin
    p_environment: float
    p_ours: float
    stored: float | None
    fresh: float | None
    drop: float
    cases: int
    unresolved: int
    partly: bool
    why: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """The cases with draws on both sides, unknown fresh ones taken once for the best and once for the worst."""

    stored: list[tuple[float, ...]]
    best: list[tuple[float, ...]]
    worst: list[tuple[float, ...]]
    unresolved: int

    def gaps(self, fresh: list[tuple[float, ...]]) -> list[float]:
        return [_mean(now) - _mean(then) for then, now in zip(self.stored, fresh, strict=True)]


def attribute(kind: Kind, cases: Sequence[Redrawn], drop: float, alpha: float = ALPHA) -> Attribution:
    """Tell the environment's drift from a change of ours, or say why it cannot be told.

    Passes: exact stratified conditional test of "no worse", one stratum a case (hypergeometric given the case's
    total: Fisher 1935, Gart 1970). Scores: paired t-test over cases. `ours` needs evidence of its own: a paired
    t-test over cases must exclude half the alarm's drop. A fresh draw that is unknown counts for the best where
    it would convict the environment and for the worst where it would acquit it.
    """
    compared = _compare(cases)
    if len(compared.stored) < LEAST_CASES:
        return _untold(kind, compared, drop, _too_few(compared))
    environment = _worse(kind, compared)
    ours = _excluded(compared, drop)
    origin: Origin = "environment" if environment <= alpha else "ours" if ours <= alpha else "cannot tell"
    found = _untold(kind, compared, drop, ())
    return Attribution(
        origin=origin,
        p_environment=environment,
        p_ours=ours,
        stored=found.stored,
        fresh=found.fresh,
        drop=drop,
        cases=found.cases,
        unresolved=found.unresolved,
        partly=origin == "environment" and ours <= alpha,
        why=_why(kind, origin, found, ours <= alpha),
    )


def unequal(stored: tuple[float, ...], fresh: tuple[float, ...]) -> Stratum:
    """A case whose two sides may have different numbers of draws: fresh passes given both sides' total."""
    then, now = len(stored), len(fresh)
    passes, total = round(sum(fresh)), round(sum(stored) + sum(fresh))
    least, most = max(0, total - then), min(now, total)
    ways = comb(then + now, now)
    law = tuple(comb(total, h) * comb(then + now - total, now - h) / ways for h in range(least, most + 1))
    return Stratum(law, passes - least)


def _compare(cases: Sequence[Redrawn]) -> _Compared:
    stored, best, worst, unresolved = [], [], [], 0
    for case in cases:
        then = tuple(value for value in case.stored if value is not None)
        lost = case.fresh.count(None)
        unresolved += lost
        if then and case.fresh and lost <= LEAST_SHARE * len(case.fresh):
            stored.append(then)
            best.append(tuple(1.0 if value is None else value for value in case.fresh))
            worst.append(tuple(0.0 if value is None else value for value in case.fresh))
    return _Compared(stored=stored, best=best, worst=worst, unresolved=unresolved)


def _worse(kind: Kind, compared: _Compared) -> float:
    if kind == "binary":
        return exact.tail(map(unequal, compared.stored, compared.best))
    return _t(compared.gaps(compared.best))


def _excluded(compared: _Compared, drop: float) -> float:
    """p of "fresh outputs are worse by half the drop or more"; without a drop there is nothing to exclude."""
    if drop >= 0:
        return 1.0
    return _t([EXPLAINED * drop - gap for gap in compared.gaps(compared.worst)])


def _t(values: list[float]) -> float:
    centre = _mean(values)
    return stats.drop_p(centre, fsum((value - centre) ** 2 for value in values), len(values))


def _untold(kind: Kind, compared: _Compared, drop: float, why: Words) -> Attribution:
    cases = len(compared.stored)
    fresh = [
        _mean((_mean(high), _mean(low))) for high, low in zip(compared.best, compared.worst, strict=True)
    ]
    return Attribution(
        origin="cannot tell",
        p_environment=1.0,
        p_ours=1.0,
        stored=_mean([_mean(each) for each in compared.stored]) if cases else None,
        fresh=_mean(fresh) if cases else None,
        drop=drop,
        cases=cases,
        unresolved=compared.unresolved,
        partly=False,
        why=why,
    )


def _too_few(compared: _Compared) -> Words:
    return say(
        "{} can be compared with stored outputs of the same request; {} are needed",
        count(len(compared.stored), "case"),
        LEAST_CASES,
    )


def _why(kind: Kind, origin: Origin, found: Attribution, excluded: bool) -> Words:
    seen = say(
        "the same requests, sent again, score {} where {} was stored ({})",
        level(kind, found.fresh),
        level(kind, found.stored),
        count(found.cases, "case"),
    )
    if origin == "environment":
        part = ", which explains only a part of {}" if excluded else ", in line with the alarm's {}"
        return say("{}" + part, seen, change(kind, found.drop))
    if origin == "ours":
        return say("{}: not the drop of {} that the alarm saw", seen, change(kind, -abs(found.drop)))
    return say("{}: neither proof of a drift nor of none; draw more fresh outputs", seen)


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)
