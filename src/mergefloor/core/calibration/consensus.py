"""What several raters say together, and how far they agree with one another: no judge can be asked for more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Literal, TypeAlias

from mergefloor.core.calibration.agreement import Metric, agreement, alpha, kappa, weighted_kappa
from mergefloor.core.calibration.labels import Example, Sheet
from mergefloor.core.calibration.scale import Scale

PAIR = 2
Split: TypeAlias = Literal["tie", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """The verdict of more than half of the raters. `score`: of pass or fail the median of their scores, which is on
    the majority's side; of ordered classes that of the class. `support`: the share of raters who say so."""

    score: float
    passed: bool
    level: float
    support: float


def consensus(example: Example, scale: Scale) -> Consensus | Split:
    """The majority's verdict. `tie`: no verdict has more than half of the raters; `unknown`: no label has a score."""
    scores = [score for value in example.ratings.values() if (score := scale.score(value)) is not None]
    if not scores:
        return "unknown"
    ((level, votes),) = Counter(map(scale.level, scores)).most_common(1)
    if 2 * votes <= len(scores):
        return "tie"
    score = level if scale.levels else median(scores)
    return Consensus(
        score=score, passed=scale.passes(score), level=level, support=votes / len(example.ratings)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Raters:
    """Agreement among people. `agreement`, `kappa` and `shared` where exactly two rated, on what both rated;
    `alpha` (Krippendorff's) where more did, or where not everybody rated everything."""

    count: int
    shared: int = 0
    agreement: float | None = None
    kappa: float | None = None
    alpha: float | None = None


def among_people(sheet: Sheet, scale: Scale) -> Raters:
    """How far the raters of a sheet agree; nothing but their count where there is only one."""
    count = len(sheet.raters)
    if count < PAIR:
        return Raters(count=count)
    rows = [_levels(example, scale) for example in sheet.examples]
    pairs = [(one, other) for row in rows for one, other in combinations(row, PAIR)] if count == PAIR else []
    return Raters(
        count=count,
        shared=len(pairs),
        agreement=agreement(pairs),
        kappa=weighted_kappa(pairs, scale.levels) if scale.levels else kappa(pairs),
        alpha=alpha(rows, _metric(scale)) if count > PAIR or sheet.gaps else None,
    )


def _levels(example: Example, scale: Scale) -> Sequence[float]:
    """The levels that the raters gave, always in one order of raters, so that the first of a pair is one person."""
    ordered = (example.ratings[rater] for rater in sorted(example.ratings))
    return [scale.level(score) for value in ordered if (score := scale.score(value)) is not None]


def _metric(scale: Scale) -> Metric:
    return "ordinal" if scale.levels else "nominal"
