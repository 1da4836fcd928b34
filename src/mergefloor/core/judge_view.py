"""The judge before people, as reports show it: the corrected pass rates, and every check with its figures."""

from __future__ import annotations

from dataclasses import dataclass

from mergefloor.core.calibration.confusion import Confusion
from mergefloor.core.calibration.corrected import Estimate
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.calibration.rates import PassRate, Rates, line, named, people
from mergefloor.core.calibration.session import figures, verdict
from mergefloor.core.report import Report
from mergefloor.core.sections import Section
from mergefloor.core.tables import Tone
from mergefloor.core.wording import Prose, Words, count, say, share

CHECKS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side's pass rate: the judge's own, and people's where it can be told; shares of 1."""

    name: str
    label: str
    raw: float
    corrected: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCheck:
    """One check held against people. `needed`: what the lower end of kappa must reach; `figures`: name and value."""

    name: Words
    told: Words
    verdict: Words
    tone: Tone
    confusion: Confusion
    kappa: Estimate | None
    needed: float
    figures: tuple[tuple[str, str], ...]
    sides: tuple[Side, ...]


def by_people(report: Report, most: int) -> Section:
    """A line a judged check: its pass rates as people would give them, beside the judge's own."""
    found = report.rates
    several = len({rates.suite for rates in found}) > 1
    lines = tuple(line(rates, several=several) for rates in found[:most])
    left = len(found) - len(lines)
    more = (say("And {}.", count(left, "more line")),) if left else ()
    return Section(title=say("Judged checks"), items=(*lines, *more))


def judged_checks(report: Report) -> tuple[JudgedCheck, ...]:
    """Every check that was held against people; of several suites the first with a rate."""
    return tuple(_check(hearing, report.rates) for hearing in report.judged[:CHECKS])


def _check(hearing: Hearing, rates: tuple[Rates, ...]) -> JudgedCheck:
    it, said, known = hearing.calibration, verdict(hearing), (hearing.grader, hearing.rubric_of)
    mine = next((each for each in rates if (each.grader, each.rubric_of) == known), None)
    sides = (("base", mine.base), ("head", mine.head)) if mine is not None else ()
    return JudgedCheck(
        name=named(*known),
        told=say("agrees with people on {} of {}", share(it.agreement, 0), count(it.n, "label")),
        verdict=(Prose(f"{said[:1].upper()}{said[1:]}."),),
        tone="good" if hearing.votes else "unsure",
        confusion=it.confusion,
        kappa=it.kappa,
        needed=hearing.eligibility.terms.kappa,
        figures=figures(hearing),
        sides=tuple(_side(name, rate) for name, rate in sides if rate is not None),
    )


def _side(name: str, rate: PassRate) -> Side:
    said = people(rate) if rate.corrected else "not known"
    label = f"{name}: the judge says {share(rate.raw, 0)}, people {said}"
    return Side(name=name, label=label, raw=rate.raw, corrected=rate.corrected)
