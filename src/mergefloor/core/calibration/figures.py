"""A judge held against people on one check: every figure that says how far it can be trusted (DECISION 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mergefloor.core.calibration.agreement import agreement, spearman, squared, unequal
from mergefloor.core.calibration.confusion import Confusion
from mergefloor.core.calibration.consensus import Consensus, Raters, among_people, consensus
from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.calibration.disagreements import Disagreement, worst
from mergefloor.core.calibration.interval import kappa_interval
from mergefloor.core.calibration.labels import Example, Sheet
from mergefloor.core.calibration.length import LengthBias, Row, length_bias
from mergefloor.core.calibration.ruling import Repeats, Ruling, repeats
from mergefloor.core.calibration.scale import Scale

SEED = 20_231_117
BINARY = (0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Labelled examples that count nowhere: raters without a majority, classes without a score, no verdict of the
    judge."""

    ties: int = 0
    unknown: int = 0
    unjudged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One judged check against people.

    `agreement` and `kappa` compare pass and fail, or the classes where there are three or more in order (`ordinal`,
    quadratic weights). `spearman` ranks scores; None where either side has no more than two. `length`: whether the
    judge favours length. `people`: whether they pass an output, by question and text (both foreign); `random`: the
    outputs were drawn at random. None is always: cannot be said of these labels.
    """

    grader: str
    confusion: Confusion
    ordinal: bool
    agreement: float | None
    kappa: Estimate | None
    spearman: float | None
    raters: Raters
    repeats: Repeats | None
    length: LengthBias
    left_out: LeftOut
    worst: tuple[Disagreement, ...]
    people: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    random: bool = False

    @property
    def n(self) -> int:
        """Examples that count."""
        return self.confusion.n

    @property
    def failures(self) -> int:
        """Those of them that people fail."""
        return self.confusion.failures

    @property
    def specificity(self) -> Estimate | None:
        """The share of what people fail that the judge fails."""
        return self.confusion.specificity


class _Row(NamedTuple):
    example: Example
    people: Consensus
    rulings: Sequence[Ruling]


def calibrate(
    sheet: Sheet, rulings: Mapping[str, Sequence[Ruling]], scale: Scale, *, seed: int = SEED
) -> Calibration:
    """Every figure of one check. `rulings`: the judge's runs by the id of the example.

    The first run is the judge's verdict, since a gate asks once; the others say how steady it is.
    """
    rows, left_out = _rows(sheet, rulings, scale)
    levels = [(row.people.level, _level(row.rulings[0], scale)) for row in rows]
    cost = squared(scale.levels) if scale.levels else unequal
    return Calibration(
        grader=sheet.grader,
        confusion=Confusion.of((row.people.passed, row.rulings[0].passed) for row in rows),
        ordinal=bool(scale.levels),
        agreement=agreement(levels),
        kappa=kappa_interval(levels, scale.levels or BINARY, cost, seed=seed),
        spearman=_ranked([(row.people.score, row.rulings[0].score) for row in rows]),
        raters=among_people(sheet, scale),
        repeats=repeats(row.rulings for row in rows),
        length=length_bias(map(_sized, rows), seed=seed),
        left_out=left_out,
        worst=worst(rows, scale),
        people={(row.example.input, row.example.output): row.people.passed for row in rows},
        random=sheet.sample == "random",
    )


def _rows(sheet: Sheet, rulings: Mapping[str, Sequence[Ruling]], scale: Scale) -> tuple[list[_Row], LeftOut]:
    rows: list[_Row] = []
    lost = {"tie": 0, "unknown": 0, "unjudged": 0}
    for example in sheet.examples:
        people, judged = consensus(example, scale), rulings.get(example.id, ())
        if not isinstance(people, Consensus):
            lost[people] += 1
        elif not judged:
            lost["unjudged"] += 1
        else:
            rows.append(_Row(example, people, judged))
    return rows, LeftOut(ties=lost["tie"], unknown=lost["unknown"], unjudged=lost["unjudged"])


def _sized(row: _Row) -> Row:
    ruling = row.rulings[0]
    return Row(row.people.level, ruling.score, ruling.passed, len(row.example.output))


def _level(ruling: Ruling, scale: Scale) -> float:
    """Pass or fail as the judge's own check decided; of ordered classes the nearest to its score."""
    return scale.level(ruling.score) if scale.levels else float(ruling.passed)


def _ranked(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Spearman where there is something to rank: of two values a side, kappa says it all."""
    varied = all(len(set(side)) > len(BINARY) for side in zip(*pairs, strict=True))
    return spearman(pairs) if pairs and varied else None
