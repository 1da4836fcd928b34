"""Where judge and people part: the cases to read first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import fsum

from mergefloor.core.calibration.consensus import Consensus
from mergefloor.core.calibration.labels import Example
from mergefloor.core.calibration.ruling import Ruling
from mergefloor.core.calibration.scale import Scale
from mergefloor.core.place import Place

WORST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """An output on which the judge is wrong. `reason`, `input` and `output` are foreign texts.

    `sureness` in [-1, 1]: how far from the threshold the judge was, averaged over its runs (a run that agrees with
    people counts against it); `support`: the share of the raters who are of the majority.
    """

    id: str
    input: str
    output: str
    people: float
    judge: float
    passed: bool
    reason: str
    sureness: float
    support: float
    place: Place = field(compare=False)


def worst(
    rows: Iterable[tuple[Example, Consensus, Sequence[Ruling]]], scale: Scale, most: int = WORST
) -> tuple[Disagreement, ...]:
    """The outputs on which the judge's first run is wrong, the surest first.

    Of equally sure ones those come first on which people agree most, then wrong passes (they let a bad output in),
    then the order of the ids.
    """
    found = [
        _disagreement(example, people, rulings, scale)
        for example, people, rulings in rows
        if rulings[0].passed != people.passed
    ]
    return tuple(sorted(found, key=lambda row: (-row.sureness, -row.support, not row.passed, row.id))[:most])


def _disagreement(
    example: Example, people: Consensus, rulings: Sequence[Ruling], scale: Scale
) -> Disagreement:
    first = rulings[0]
    sure = fsum(_sure(ruling, scale) * (1 if ruling.passed == first.passed else -1) for ruling in rulings)
    return Disagreement(
        id=example.id,
        input=example.input,
        output=example.output,
        people=people.score,
        judge=first.score,
        passed=first.passed,
        reason=first.reason,
        sureness=sure / len(rulings),
        support=people.support,
        place=example.place,
    )


def _sure(ruling: Ruling, scale: Scale) -> float:
    """How far a score is from the threshold, as a share of the way to the end of the scale on its side."""
    room = 1 - scale.threshold if ruling.passed else scale.threshold
    return 1.0 if room <= 0 else min(1.0, abs(ruling.score - scale.threshold) / room)
