"""Pass rates as people would give them, beside the judge's own. They are shown and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal, TypeAlias

from mergefloor.core.calibration.confusion import Confusion
from mergefloor.core.calibration.corrected import Estimate, ppi_share, rogan_gladen, wilson
from mergefloor.core.calibration.hearing import Hearing
from mergefloor.core.wording import Name, Words, count, say, share

Method: TypeAlias = Literal["ppi", "rogan-gladen"]
COUNTLESS = 1e9
WIDEST = 0.5  # an interval over more than half of the scale tells nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the judge made of one output. `content`: its question and its text, foreign both."""

    case: str
    content: tuple[str, str]
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRate:
    """`raw`: the judge's own pass rate, the mean over `cases` of the share of their outputs that it passes.
    `corrected`: as people would give it, with its 95 % interval; None where `why` says."""

    raw: float
    cases: int
    corrected: Estimate | None = None
    method: Method | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """One judged check of one suite on both sides; None where a side has no verdict. `rubric_of` as in a Hearing."""

    suite: str
    grader: str
    base: PassRate | None
    head: PassRate | None
    rubric_of: str = ""


def pass_rates(sides: Sequence[Sequence[Judged]], hearing: Hearing) -> tuple[PassRate | None, ...]:
    """The pass rate of each side, corrected in one way for all of them, so that they can be compared.

    PPI++ needs labels that are a random sample of the very outputs whose rate it corrects: its weight takes the
    labels' own rate for granted, so on outputs of another prompt it hides most of a drop (docs/calibration.md). So it
    is for sides of which enough outputs are labelled, all chosen at random. Rogan-Gladen is for every other: it needs
    only that the judge's sensitivity and specificity are the same.
    """
    filled = [side for side in sides if side]
    why = obstacle(hearing)
    near = not why and all(_sampled(side, hearing) for side in filled)
    return tuple(_rate(side, hearing, near, why) if side else None for side in sides)


def obstacle(hearing: Hearing) -> str:
    """Why these labels correct nothing; "" where they do."""
    it, needed = hearing.calibration, hearing.eligibility.terms.labels
    if hearing.undecided or hearing.unstored:
        return "verdicts on labelled outputs are missing"
    if it.n < needed:
        return f"only {count(it.n, 'label')}, {needed} are needed"
    if not it.confusion.failures or not it.confusion.passes:
        return f"people {'fail' if it.confusion.passes else 'pass'} none of the labelled outputs"
    if _rogan_gladen(1, 2, it.confusion) is None:
        return "the judge does not tell good outputs from bad ones"
    return ""


def stands_for(raw: float, hearing: Hearing) -> str:
    """What a pass rate by the judge means to people, as far as the labels tell: of so many outputs that their number
    leaves no doubt of its own."""
    why = obstacle(hearing)
    found = None if why else _rogan_gladen(raw * COUNTLESS, COUNTLESS, hearing.calibration.confusion)
    if found is None or found.high - found.low > WIDEST:
        return f"cannot be told: {why or 'more labels are needed'}"
    return f"{_told(found)} by people"


def chosen(hearing: Hearing) -> str:
    """How the labelled outputs were chosen, and what follows where it was at random."""
    found = wilson(hearing.calibration.confusion.passes, hearing.calibration.n)
    if hearing.calibration.random and found is not None:
        return f"at random: people pass {_told(found)} of all such outputs"
    return "with more failures than there are, or nobody says"


def line(found: Rates, *, several: bool = False) -> Words:
    """One line for every report, the base before the head. `several`: more suites than one have judged checks."""
    both = (("base", found.base), ("head", found.head))
    sides = [(name, rate) for name, rate in both if rate is not None]
    raw = " \u2192 ".join(share(rate.raw, 0) for _, rate in sides)
    suite = say(" of {}", Name(found.suite)) if several else ()
    name = say("{}{}", named(found.grader, found.rubric_of), suite)
    if all(rate.corrected is None for _, rate in sides):
        why = sides[0][1].why
        return say("{}: the judge says {}; what people would say cannot be told: {}.", name, raw, why)
    told = ", ".join(f"{side} {people(rate)}" for side, rate in sides)
    return say("{} as people would rate it: {}; the judge says {}.", name, told, raw)


def named(grader: str, rubric_of: str) -> Words:
    """A check, and which of its rubrics where it has several."""
    return say("{}{}", Name(grader), say(" (the rubric of {})", Name(rubric_of)) if rubric_of else ())


def people(rate: PassRate) -> str:
    """The pass rate that people would give: `84 % (78 to 89)`, or why it cannot be told."""
    return f"cannot be told ({rate.why})" if rate.corrected is None else _told(rate.corrected)


def _told(it: Estimate) -> str:
    return f"{share(it.value, 0)} ({share(it.low, 0).removesuffix(' %')} to {share(it.high, 0).removesuffix(' %')})"


def _sampled(side: Sequence[Judged], hearing: Hearing) -> bool:
    people = hearing.calibration.people
    known = sum(each.content in people for each in side)
    return hearing.calibration.random and hearing.eligibility.terms.labels <= known < len(side)


def _rate(side: Sequence[Judged], hearing: Hearing, near: bool, why: str) -> PassRate:
    shares = _by_case(side)
    raw, cases = fsum(shares) / len(shares), len(shares)
    if why:
        return PassRate(raw=raw, cases=cases, why=why)
    found = (
        _ppi(side, hearing.calibration.people)
        if near
        else _rogan_gladen(fsum(shares), cases, hearing.calibration.confusion)
    )
    if found is None or found.high - found.low > WIDEST:
        return PassRate(raw=raw, cases=cases, why="more labels, or more cases, are needed")
    return PassRate(raw=raw, cases=cases, corrected=found, method="ppi" if near else "rogan-gladen")


def _by_case(side: Sequence[Judged]) -> list[float]:
    """Outputs of one case are alike, so that a case counts once however often it was drawn."""
    rows: dict[str, list[bool]] = {}
    for each in side:
        rows.setdefault(each.case, []).append(each.passed)
    return [sum(passed) / len(passed) for passed in rows.values()]


def _ppi(side: Sequence[Judged], people: Mapping[tuple[str, str], bool]) -> Estimate | None:
    labelled = [(float(people[e.content]), float(e.passed)) for e in side if e.content in people]
    return ppi_share(labelled, [float(e.passed) for e in side if e.content not in people])


def _rogan_gladen(passed: float, cases: float, confusion: Confusion) -> Estimate | None:
    return rogan_gladen(
        passed,
        cases,
        sensitivity=(confusion.pass_pass, confusion.passes),
        specificity=(confusion.fail_fail, confusion.failures),
    )
